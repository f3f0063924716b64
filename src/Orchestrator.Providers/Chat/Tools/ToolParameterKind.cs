namespace Orchestrator.Providers.Chat.Tools;

/// <summary>The kinds of arguments.</summary>
internal enum ToolParameterKind
{
    Text,
    Number,
    Flag,
    Objects,
}
