using System.Runtime.CompilerServices;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Command.Output;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Command;

/// <summary>Runs one configured program in the workspace; what it changes there is its result.</summary>
internal sealed class CommandProvider(string name, CommandProviderOptions options, AgentProcessPipeline pipeline, SecretResolver secrets, ProgramCheck check, TimeProvider time, AgentContainers? containers = null)
    : IAgentProvider
{
    public ProviderDescriptor Descriptor { get; } = Describe(name, options, containers is not null);

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(execution);
        if (execution.Workspace is null)
        {
            yield return AgentSandbox.Refuse(FailureClass.Configuration, $"{name} runs on this machine and needs a workspace.", time.GetUtcNow());
            yield break;
        }

        if (execution.SessionId is not null)
        {
            yield return AgentSandbox.Refuse(FailureClass.Configuration, $"{name} cannot continue a session.", time.GetUtcNow());
            yield break;
        }

        var (place, refused) = containers is not null
            ? await containers.EnterAsync(execution, execution.TimeLimits ?? options.TimeLimits, cancellationToken).ConfigureAwait(false)
            : (pipeline.Here(execution), default);
        if (place is null)
        {
            yield return AgentSandbox.Refuse(refused.Class, refused.Message, time.GetUtcNow());
            yield break;
        }

        await using var leaving = place.ConfigureAwait(false);
        await foreach (var happened in RunAsync(place, cancellationToken).ConfigureAwait(false))
        {
            yield return await place.CompleteAsync(happened).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<AgentEvent> RunAsync(IAgentPlace place, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (execution, workspace) = (place.Execution, place.Execution.Workspace!);
        var (arguments, unfit) = CommandArguments.Fill(options.Arguments, execution, workspace);
        if (unfit is not null)
        {
            yield return AgentSandbox.Refuse(FailureClass.Configuration, $"{name} was not started: {unfit}", time.GetUtcNow());
            yield break;
        }

        var environment = place.IsContainer ? AgentSandbox.ContainerEnvironment(workspace) : AgentSandbox.Environment(workspace, options.KeepHome);
        foreach (var (variable, value) in options.Environment)
        {
            environment[variable] = value;
        }

        if (await AddSecretsAsync(execution, environment, cancellationToken).ConfigureAwait(false) is { } lacking)
        {
            yield return lacking;
            yield break;
        }

        if (!place.IsContainer && Executables.Find(options.Executable, workspace.Directory) is null)
        {
            yield return AgentSandbox.Refuse(FailureClass.Unavailable, NotFound(options), time.GetUtcNow());
            yield break;
        }

        yield return new AgentStarted { At = time.GetUtcNow(), Model = execution.Model };
        var request = new ProcessRequest
        {
            Command = new CommandLine { Executable = options.Executable, Arguments = arguments },
            WorkingDirectory = workspace.Directory,
            Environment = environment,
            ExecutionId = execution.Id,
            StandardInput = options.InstructionsOnInput ? AgentSandbox.Instructions(execution, workspace) : "",
            Limits = execution.TimeLimits ?? options.TimeLimits,
            WritablePaths = options.ConfineWrites && !place.IsContainer ? AgentSandbox.WritablePaths(workspace, options.WritablePaths) : null,
        };
        await foreach (var happened in pipeline.RunAsync(name, request, CreateParser(options), place, cancellationToken).ConfigureAwait(false))
        {
            yield return happened;
        }
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => containers is not null
        ? check.RunAsync(containers, options.Executable, [.. options.SecretNames], cancellationToken)
        : check.RunAsync(options.Executable, null, [.. options.SecretNames], options.InstallHint.Length > 0 ? options.InstallHint : "Install it, or set Executable to its path.", cancellationToken);

    private static IAgentOutputParser CreateParser(CommandProviderOptions options) =>
        options.Output == CommandOutputFormat.JsonLines ? new CommandJsonLinesParser(options) : new CommandOutputParser(options);

    private static string NotFound(CommandProviderOptions options) =>
        $"The program '{options.Executable}' was not found on PATH. {(options.InstallHint.Length > 0 ? options.InstallHint : "Install it, or set Executable to its path.")}";

    private static ProviderDescriptor Describe(string name, CommandProviderOptions options, bool isContainer)
    {
        var descriptor = new ProviderDescriptor
        {
            Name = name,
            Kind = ProviderKind.Command,
            Description = options.Description,
            Capabilities = options.Capabilities.Count > 0 ? [.. options.Capabilities] : [ProviderCapabilities.Edit, ProviderCapabilities.Deterministic],
            PricePerTaskUsd = options.PricePerTaskUsd,
            SecretNames = [.. options.SecretNames],
            Tags = [.. options.Tags],
            ConfinesWrites = options.ConfineWrites || isContainer,
            WritablePaths = options.ConfineWrites && !isContainer ? [.. options.WritablePaths.Select(Executables.FullPath)] : [],
        };
        return options.TaskTypes.Count > 0 ? descriptor with { TaskTypes = [.. options.TaskTypes] } : descriptor;
    }

    /// <summary>Puts the secrets into the environment; gives why that cannot be.</summary>
    private async ValueTask<AgentFailed?> AddSecretsAsync(AgentExecution execution, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var secret in options.SecretNames)
            {
                if (await secrets.FindAsync(secret, cancellationToken).ConfigureAwait(false) is not { } value)
                {
                    return AgentSandbox.Refuse(FailureClass.Authentication, $"{name} needs the secret {secret}: set the environment variable of that name.", time.GetUtcNow());
                }

                environment[secret] = value.Reveal();
            }

            return await ExecutionSecrets.AddAsync(execution, secrets, environment, cancellationToken).ConfigureAwait(false) is { } missing
                ? AgentSandbox.Refuse(FailureClass.Authentication, $"The task orders the secret {missing}, which nobody knows: set the environment variable of that name.", time.GetUtcNow())
                : null;
        }
        catch (SecretSourceException exception)
        {
            return AgentSandbox.Refuse(FailureClass.Configuration, exception.Message, time.GetUtcNow());
        }
    }
}
