namespace Orchestrator.Patching;

/// <summary>How much of a long test is run: all of it where <c>ORCHESTRATOR_LONG=1</c>, else what every build can afford.</summary>
internal static class LongRun
{
    public static bool IsAsked => Environment.GetEnvironmentVariable("ORCHESTRATOR_LONG") == "1";

    public static int Pick(int always, int asked) => IsAsked ? asked : always;
}
