using System.Runtime.CompilerServices;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli.Codex;

/// <summary>Runs the Codex CLI headless in the workspace, with a fresh home and the key in no environment but its own.</summary>
internal sealed class CodexProvider(string name, CodexProviderOptions options, AgentProcessPipeline pipeline, SecretResolver secrets, ProgramCheck check, TimeProvider time)
    : IAgentProvider
{
    private const string Install = "Install it with 'npm install -g @openai/codex', or set Executable to its path.";

    public ProviderDescriptor Descriptor { get; } = new()
    {
        Name = name,
        Kind = ProviderKind.AgentCli,
        Description = "OpenAI Codex CLI",
        Capabilities = [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell],
        Models = [.. options.Models],
        PricePerTaskUsd = options.PricePerTaskUsd,
        SecretNames = [options.ApiKeySecret],
        Tags = [.. options.Tags],
    };

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(execution);
        if (execution.Workspace is not { } workspace)
        {
            yield return AgentSandbox.Refuse(FailureClass.Configuration, $"{name} runs on this machine and needs a workspace.", time.GetUtcNow());
            yield break;
        }

        if (Executables.Find(options.Executable) is null)
        {
            yield return AgentSandbox.Refuse(FailureClass.Unavailable, $"The program '{options.Executable}' was not found. {Install}", time.GetUtcNow());
            yield break;
        }

        if (await secrets.FindAsync(options.ApiKeySecret, cancellationToken).ConfigureAwait(false) is not { } key)
        {
            yield return AgentSandbox.Refuse(
                FailureClass.Authentication, $"{name} has no API key: set the environment variable {options.ApiKeySecret}, or register a secret provider that knows it.", time.GetUtcNow());
            yield break;
        }

        var model = execution.Model ?? options.Model;
        var parser = new CodexOutputParser(usage => CostOf(model, usage), model);
        await foreach (var happened in pipeline.RunAsync(name, CreateRequest(execution, workspace, model, key), parser, cancellationToken).ConfigureAwait(false))
        {
            yield return happened;
        }
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) =>
        check.RunAsync(options.Executable, ["--version"], [options.ApiKeySecret], Install, cancellationToken);

    private ProcessRequest CreateRequest(AgentExecution execution, AgentWorkspace workspace, string? model, SecretValue key)
    {
        var confined = options.ConfineWrites && WriteConfinement.IsSupported;
        var environment = AgentSandbox.Environment(workspace, keepHome: false);
        environment["CODEX_HOME"] = Directory.CreateDirectory(Path.Combine(workspace.HomeDirectory, ".codex")).FullName;
        environment[options.ApiKeySecret] = key.Reveal();
        return new ProcessRequest
        {
            Command = CodexCommandLine.Create(options, workspace, model, confined),
            WorkingDirectory = workspace.Directory,
            Environment = environment,
            ExecutionId = execution.Id,
            StandardInput = AgentSandbox.Instructions(execution, workspace),
            Limits = execution.TimeLimits ?? options.TimeLimits,
            StopSignal = StopSignal.Interrupt,
            WritablePaths = confined ? AgentSandbox.WritablePaths(workspace, options.WritablePaths) : null,
        };
    }

    private decimal? CostOf(string? model, TokenUsage usage) =>
        options.Models.FirstOrDefault(known => known.Name == model)?.Prices.CostOf(usage) is { } tokens ? tokens + options.PricePerTaskUsd
        : options.PricePerTaskUsd > 0 ? options.PricePerTaskUsd : null;
}
