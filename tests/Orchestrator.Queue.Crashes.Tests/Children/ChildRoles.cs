namespace Orchestrator.Queue.Crashes.Tests.Children;

/// <summary>What a child does.</summary>
internal static class ChildRoles
{
    public const string Worker = "worker";

    public const string Producer = "producer";

    public const string Committer = "committer";

    public static async Task<int> RunAsync(string role, string settings)
    {
        var read = TortureSettings.Read(settings);
        EndWithTheTest();
        await (role switch
        {
            Worker => WorkerChild.RunAsync(read),
            Producer => ProducerChild.RunAsync(read),
            Committer => CommitterChild.RunAsync(read),
            _ => throw new ArgumentException($"There is no role {role}.", nameof(role)),
        });
        return 0;
    }

    // Whoever started this process holds the other end of its standard input: it is over when the test is, however that ended.
    private static void EndWithTheTest() => new Thread(static () =>
    {
        Console.In.ReadToEnd();
        Environment.Exit(3);
    })
    { IsBackground = true }.Start();
}
