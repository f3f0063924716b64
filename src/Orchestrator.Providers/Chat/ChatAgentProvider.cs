using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Orchestrator.Patching;
using Orchestrator.Providers.Chat.Tools;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat;

/// <summary>Makes a coding agent of any chat client: our own tool loop over the workspace of the execution.</summary>
internal sealed class ChatAgentProvider(string name, ChatAgentOptions options, ChatAgentServices services) : IAgentProvider
{
    public ProviderDescriptor Descriptor { get; } = Describe(name, options, services.Containers is not null);

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(execution);
        if (await FindObstacleAsync(execution, cancellationToken).ConfigureAwait(false) is { } obstacle)
        {
            yield return obstacle;
            yield break;
        }

        var limits = execution.TimeLimits ?? options.TimeLimits;
        using var total = new CancellationTokenSource(limits.Total, services.Time);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(total.Token, cancellationToken);
        var run = CreateRun(execution, limits);
        services.Logger.ChatAgentStarted(name, execution.Id, run.Model ?? "the client's default model");
        if (run.Spending.CannotKeepBudget)
        {
            services.Logger.ChatBudgetNotKept(name, execution.Id, run.Model ?? "the client's default model");
        }

        yield return new AgentStarted { At = services.Time.GetUtcNow(), Model = run.Model };
        while (!run.HasEnded)
        {
            foreach (var happened in await NextAsync(run, limits, running.Token, cancellationToken).ConfigureAwait(false))
            {
                yield return happened with { At = services.Time.GetUtcNow() };
            }
        }

        services.Logger.ChatAgentEnded(name, execution.Id, run.Turns, run.Spending.Usage.InputTokens + run.Spending.Usage.OutputTokens);
    }

    public async ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken)
    {
        var details = new List<KeyValuePair<string, string>> { new("confinement", services.Containers is null ? WriteConfinement.Description : "a container for each command") };
        if ((services.Patches is null ? NoPatchManager : FindPoolObstacle()) is { } unfit)
        {
            return Health(HealthStatus.Unhealthy, unfit, details);
        }

        try
        {
            if (await FindMissingSecretAsync(cancellationToken).ConfigureAwait(false) is { } missing)
            {
                details.Add(new("missing_secrets", missing));
                return Health(HealthStatus.Unhealthy, MissingSecret(missing), details);
            }
        }
        catch (SecretSourceException exception)
        {
            return Health(HealthStatus.Unhealthy, exception.Message, details);
        }

        if (services.Client.Failure is { } failure)
        {
            return Health(HealthStatus.Unhealthy, NoClient(failure), details);
        }

        var metadata = services.Client.Value!.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        details.Add(new("client", metadata?.ProviderName ?? services.Client.Value.GetType().Name));
        details.Add(new("model", options.Model ?? metadata?.DefaultModelId ?? "the client's default"));
        return Health(HealthStatus.Healthy, "The client is there. Whether its service answers shows at the first request, because asking would spend tokens.", details);
    }

    private const string NoPatchManager = "The chat agent edits through a patch manager and there is none: call AddPatchManager() of Orchestrator.Patching.";

    private static ProviderHealth Health(HealthStatus status, string message, List<KeyValuePair<string, string>> details) =>
        new() { Status = status, Message = message, Details = new ValueMap([.. details]) };

    private static ProviderDescriptor Describe(string name, ChatAgentOptions options, bool usesContainers)
    {
        var descriptor = new ProviderDescriptor
        {
            Name = name,
            Kind = ProviderKind.ChatClient,
            Description = options.Description,
            Capabilities = options.AllowedCommands.Count > 0
                ? [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell]
                : [ProviderCapabilities.Edit, ProviderCapabilities.Instructions],
            Models = [.. options.Models],
            PricePerTaskUsd = options.PricePerTaskUsd,
            SecretNames = [.. options.SecretNames],
            Tags = [.. options.Tags],
            ConfinesWrites = options.ConfineWrites || usesContainers,
            WritablePaths = options.ConfineWrites && !usesContainers ? [.. options.WritablePaths.Select(Executables.FullPath)] : [],
        };
        return options.TaskTypes.Count > 0 ? descriptor with { TaskTypes = [.. options.TaskTypes] } : descriptor;
    }

    private static string MissingSecret(string secret) => $"The secret {secret} is missing: set the environment variable of that name, or register a secret provider that knows it.";

    private static async ValueTask<IReadOnlyList<AgentEvent>> NextAsync(ChatAgentRun run, AgentTimeLimits limits, CancellationToken running, CancellationToken cancellationToken)
    {
        try
        {
            return await run.NextAsync(running).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return [run.Fail(new AgentFailure { Class = FailureClass.Timeout, Message = $"It took longer than {limits.Total} and was stopped." })];
        }
    }

    private string NoClient(Exception failure) => services.Redactor.Redact($"The chat client could not be made: {failure.Message}");

    private async ValueTask<AgentFailed?> FindObstacleAsync(AgentExecution execution, CancellationToken cancellationToken)
    {
        var now = services.Time.GetUtcNow();
        if (execution.Workspace is null)
        {
            return AgentSandbox.Refuse(FailureClass.Configuration, $"{name} edits files on this machine and needs a workspace.", now);
        }

        if (execution.SessionId is not null)
        {
            return AgentSandbox.Refuse(FailureClass.Configuration, $"{name} cannot continue a session.", now);
        }

        if ((services.Patches is null ? NoPatchManager : FindPoolObstacle()) is { } unfit)
        {
            return AgentSandbox.Refuse(FailureClass.Configuration, unfit, now);
        }

        try
        {
            // Before the client is made, so that the redactor knows the keys when the client's maker complains.
            if (await FindMissingSecretAsync(cancellationToken).ConfigureAwait(false) is { } missing)
            {
                return AgentSandbox.Refuse(FailureClass.Authentication, MissingSecret(missing), now);
            }
        }
        catch (SecretSourceException exception)
        {
            return AgentSandbox.Refuse(FailureClass.Configuration, exception.Message, now);
        }

        return services.Client.Failure is { } failure ? AgentSandbox.Refuse(FailureClass.Configuration, NoClient(failure), now) : null;
    }

    /// <summary>What would fail the first command, told before anything is spent.</summary>
    private string? FindPoolObstacle() => options.AllowedCommands.Count > 0 ? services.Containers?.Obstacle : null;

    private async ValueTask<string?> FindMissingSecretAsync(CancellationToken cancellationToken)
    {
        string? missing = null;
        foreach (var secret in options.SecretNames)
        {
            if (await services.Secrets.FindAsync(secret, cancellationToken).ConfigureAwait(false) is null)
            {
                missing ??= secret;
            }
        }

        return missing;
    }

    private ChatAgentRun CreateRun(AgentExecution execution, AgentTimeLimits limits)
    {
        var workspace = execution.Workspace!;
        var model = execution.Model ?? options.Model;
        var edits = new TreeEdits(services.Patches!, execution.Task.Id, workspace.Directory, new PatchMetadata { Provider = name, Model = model }, services.Time);
        var spending = new ChatSpending(options, model, execution.BudgetUsd);
        var commands = new CommandRuns(services.Runner, services.Containers, execution, options, spending, limits.Grace, services.Redactor);
        return new ChatAgentRun(
            model,
            ChatPrompt.Create(execution, workspace, options, services.Redactor),
            new ChatModel(services.Client.Value!, options, limits.Idle, services.Time, services.Redactor, services.Logger),
            ChatToolbox.Create(new WorkspaceTree(workspace.Directory, options.MaxFileBytes, services.Redactor), edits, commands, options),
            spending,
            options,
            services.Redactor);
    }
}
