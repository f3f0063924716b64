namespace Orchestrator.Routing;

/// <summary>What became of a verdict, and who it was about.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Provider">The provider that did the work; <see langword="null"/> when nobody did.</param>
public readonly record struct FeedbackResult(FeedbackStatus Status, string? Provider);
