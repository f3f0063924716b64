using Microsoft.Extensions.AI;

namespace Orchestrator.Providers.Chat;

/// <summary>What came of a request: exactly one of the two is set.</summary>
internal readonly record struct ChatAnswer(ChatResponse? Response, AgentFailure? Failure);
