using Orchestrator.Hosting;

namespace ConsoleHost;

/// <summary>Shows every step while it happens, and the report at the end.</summary>
internal sealed class ConsoleObserver : IAgentTaskObserver
{
    public void OnEvent(AgentTaskEvent agentTaskEvent) => Console.WriteLine($"{agentTaskEvent.Step,-11} {agentTaskEvent.Message}");

    public static void Show(AgentTaskReport report, string repository)
    {
        Console.WriteLine();
        Console.WriteLine($"Repository  {repository}");
        Console.WriteLine($"Decided     {report.Provider}: {report.Decision?.Reason}");
        foreach (var file in report.Files)
        {
            Console.WriteLine($"Changed     {file.Path} +{file.AddedLines} -{file.RemovedLines}");
        }

        Console.WriteLine($"Verified    {report.Verification?.Command}: {(report.Verification?.Passed == true ? "yes" : "no")}");
        Console.WriteLine($"Status      {report.Status}{(report.Failure is { } failure ? ": " + failure.Message : "")}");
    }
}
