using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Cli.Patches;

/// <summary>The patch engine for one command: with the audit trail for commands that write, without for those that only look.</summary>
internal sealed class PatchSession : IAsyncDisposable
{
    private readonly CliHost? _host;

    private PatchSession(CliHost? host, PatchOptions options)
    {
        _host = host;
        Options = options;
        try
        {
            Manager = new PatchManager(options, host?.Time, operations: host?.Services.GetRequiredService<IOperationLog>());
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"The policy is wrong: {error.Message}", error);
        }
    }

    public PatchManager Manager { get; }

    public PatchOptions Options { get; }

    /// <summary>For commands that write nothing.</summary>
    public static PatchSession Look(PatchSymbols symbols, ParseResult parsed) => new(null, symbols.Options(parsed));

    /// <summary>For commands that write: each application, refusal and undo stands in the audit trail of the state directory.</summary>
    public static async Task<PatchSession> WriteAsync(PatchSymbols symbols, ParseResult parsed, CliContext context, CancellationToken cancellationToken)
    {
        var options = symbols.Options(parsed);
        var host = await CliHost.CreateAsync(context, repository: null, cancellationToken);
        try
        {
            return new PatchSession(host, options);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The files that the patch was made against, when a revision is named.</summary>
    public static async Task<IPatchBase?> BaseAsync(string? revision, string root, PatchSet patch, CancellationToken cancellationToken)
    {
        if (revision is null)
        {
            return null;
        }

        await using var services = new ServiceCollection().AddLogging().AddAgentProviders().Services.BuildServiceProvider();
        try
        {
            return await services.GetRequiredService<GitRepositories>().ReadBaseAsync(root, revision, patch, cancellationToken);
        }
        catch (WorkspaceException error)
        {
            throw new ArgumentException($"--base: {error.Message}", error);
        }
    }

    /// <summary>A patch that cannot be read comes to no application: its refusal is written here.</summary>
    public async ValueTask RefusedAsync(PatchConflict error, CancellationToken cancellationToken)
    {
        if (_host is not null)
        {
            var operation = new Operation { Name = OperationNames.PatchApplied, Outcome = OperationOutcome.Refused, Message = $"{error.Code.ToName()} in line {error.Line}: {error.Message}" };
            await _host.Services.GetRequiredService<IOperationLog>().AppendAsync(operation, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? default;
}
