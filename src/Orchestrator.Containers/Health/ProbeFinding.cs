namespace Orchestrator.Containers.Health;

/// <summary>What one probe found.</summary>
/// <param name="Passed">Whether it passed.</param>
/// <param name="Message">What was found, such as a status code; never what the instance printed.</param>
/// <param name="Duration">How long it took.</param>
internal readonly record struct ProbeFinding(bool Passed, string Message, TimeSpan Duration);
