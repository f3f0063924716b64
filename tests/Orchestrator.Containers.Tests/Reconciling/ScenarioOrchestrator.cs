using System.Diagnostics;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>An orchestrator in a process of its own: this test program, told to run one explicit test.</summary>
internal sealed class ScenarioOrchestrator : IDisposable
{
    private const string OwnerVariable = "ORCHESTRATOR_TEST_POOL_OWNER";
    private const string PlaceVariable = "ORCHESTRATOR_TEST_POOL_PLACE";

    private readonly Process _process;

    /// <param name="test">The full name of the explicit test.</param>
    /// <param name="engine">The engine it works on.</param>
    public ScenarioOrchestrator(string test, ScenarioEngine engine) => _process = Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, ["--explicit", "only", "--no-progress", "--filter-method", test])
        {
            RedirectStandardInput = true, // Closed when this process ends, however it does.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [OwnerVariable] = engine.Owner, [PlaceVariable] = engine.Place },
        })!;

    /// <summary>In that process: whose pool it keeps, and where.</summary>
    public static (string Owner, string Place) Told => (
        Environment.GetEnvironmentVariable(OwnerVariable) ?? throw new InvalidOperationException("This test is run by another one."),
        Environment.GetEnvironmentVariable(PlaceVariable) ?? "");

    /// <summary>In that process: until who started it is gone.</summary>
    public static Task UntilAloneAsync(CancellationToken cancellationToken) => Console.In.ReadToEndAsync(cancellationToken);

    public bool HasExited => _process.HasExited;

    /// <summary>As <c>kill -9</c> does: it cannot prepare for it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
