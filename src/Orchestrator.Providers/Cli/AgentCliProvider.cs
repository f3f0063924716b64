using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Proxy;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli;

/// <summary>Runs an agent CLI headless in the workspace, with a fresh home. Where its protocol allows, it gets a key of this execution only and our proxy's address.</summary>
internal sealed class AgentCliProvider(string name, AgentCliProfile profile, AgentCliOptions options, AgentCliServices services) : IAgentProvider
{
    private readonly string _executable = options.Executable ?? profile.Executable;

    private readonly string _secretName = options.ApiKeySecret ?? profile.ApiKeySecret;

    private readonly string? _baseUrl = options.BaseUrl ?? profile.BaseUrl;

    public ProviderDescriptor Descriptor { get; } = new()
    {
        Name = name,
        Kind = ProviderKind.AgentCli,
        Description = profile.Title,
        Capabilities = profile.Capabilities,
        Models = [.. options.Models],
        PricePerTaskUsd = options.PricePerTaskUsd,
        SecretNames = [options.ApiKeySecret ?? profile.ApiKeySecret],
        Tags = [.. options.Tags],
        ConfinesWrites = options.ConfineWrites || services.Containers is not null,
        WritablePaths = options.ConfineWrites && services.Containers is null ? [.. options.WritablePaths.Select(Executables.FullPath)] : [],
    };

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(execution);
        if (Refusal(execution) is { } refused)
        {
            yield return Refuse(refused.Class, refused.Message);
            yield break;
        }

        var ordered = new Dictionary<string, string>(StringComparer.Ordinal);
        var (key, lacking) = await FindSecretsAsync(execution, ordered, cancellationToken).ConfigureAwait(false);
        if (key is null)
        {
            yield return Refuse(lacking.Class, lacking.Message);
            yield break;
        }

        var (place, unfit) = services.Containers is { } containers
            ? await containers.EnterAsync(execution, execution.TimeLimits ?? options.TimeLimits, cancellationToken).ConfigureAwait(false)
            : (services.Pipeline.Here(execution), default);
        if (place is null)
        {
            yield return Refuse(unfit.Class, unfit.Message);
            yield break;
        }

        await using var leaving = place.ConfigureAwait(false);
        await foreach (var happened in RunAsync(place, key, ordered, cancellationToken).ConfigureAwait(false))
        {
            yield return happened;
        }
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => services.Containers is { } containers
        ? services.Check.RunAsync(containers, _executable, [_secretName], cancellationToken)
        : services.Check.RunAsync(_executable, profile.VersionArguments is { } arguments ? [.. arguments] : null, [_secretName], profile.Install, cancellationToken, profile.Tested);

    private async IAsyncEnumerable<AgentEvent> RunAsync(
        IAgentPlace place, SecretValue key, Dictionary<string, string> ordered, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var execution = place.Execution;
        var model = execution.Model ?? options.Model;
        decimal? CostOf(TokenUsage usage) => PriceOf(model, usage);
        var (access, closed) = await OpenAccessAsync(place, model, key, CostOf, cancellationToken).ConfigureAwait(false);
        if (access is null)
        {
            yield return Refuse(closed.Class, closed.Message);
            yield break;
        }

        await using var closing = access.ConfigureAwait(false);
        var run = new AgentCliRun
        {
            Execution = execution,
            Workspace = execution.Workspace!,
            Options = options,
            Model = model,
            BaseUrl = access.BaseUrl,
            ApiKey = access.Key,
            IsConfined = place.IsContainer || (options.ConfineWrites && WriteConfinement.IsSupported),
            IsInContainer = place.IsContainer,
            CostOf = CostOf,
        };
        var launch = profile.Launch(run);
        HomeFiles.Write(run.Workspace.HomeDirectory, launch.HomeFiles);
        var request = CreateRequest(run, launch, access, ordered, place.IsContainer);
        await foreach (var happened in RunAsync(request, profile.CreateParser(run), access, place, cancellationToken).ConfigureAwait(false))
        {
            yield return happened;
        }
    }

    /// <summary>Runs the program and tells what the proxy counts beside it. A cancellation is thrown on once what was used until then is told.</summary>
    private async IAsyncEnumerable<AgentEvent> RunAsync(
        ProcessRequest request, IAgentOutputParser parser, ModelAccess access, IAgentPlace place, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        AgentUsageReported? told = null; // without what the place costs
        var events = services.Pipeline.RunAsync(name, request, parser, place, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var ending = events.ConfigureAwait(false);
        while (true)
        {
            var (happened, broken) = await NextAsync(events).ConfigureAwait(false);
            if (happened is not null)
            {
                yield return await place.CompleteAsync(await access.CompleteAsync(happened).ConfigureAwait(false)).ConfigureAwait(false);
            }

            var used = broken is not null ? await access.BreakOffAsync(parser.Usage, parser.CostUsd).ConfigureAwait(false) ?? (place.CostUsd > 0 ? told : null)
                : happened is not null ? access.Measure(happened)
                : null;
            if (used is not null)
            {
                yield return await place.CompleteAsync(used with { At = services.Time.GetUtcNow() }).ConfigureAwait(false);
            }

            told = used ?? happened as AgentUsageReported ?? told;

            broken?.Throw();
            if (happened is null)
            {
                yield break;
            }
        }
    }

    /// <summary>The next event, or why there is none: an iterator cannot yield where it catches.</summary>
    private static async ValueTask<(AgentEvent? Happened, ExceptionDispatchInfo? Broken)> NextAsync(IAsyncEnumerator<AgentEvent> events)
    {
        try
        {
            return (await events.MoveNextAsync().ConfigureAwait(false) ? events.Current : null, null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return (null, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private (FailureClass Class, string Message)? Refusal(AgentExecution execution) =>
        execution.Workspace is null ? (FailureClass.Configuration, $"{name} runs on this machine and needs a workspace.")
        : services.Containers is null && Executables.Find(_executable) is null ? (FailureClass.Unavailable, $"The program '{_executable}' was not found. {profile.Install}")
        : (execution.Model ?? options.Model) is ['-', ..] ? (FailureClass.Configuration, $"{name} cannot take a model whose name begins with '-': it would be read as an option.")
        : execution.SessionId is ['-', ..] ? (FailureClass.Configuration, $"{name} cannot take a session whose name begins with '-': it would be read as an option.")
        : execution.SessionId is not null && !profile.Capabilities.Contains(ProviderCapabilities.Resume) ? (FailureClass.Configuration, $"{name} cannot continue a session.")
        : FindProgram(execution.Workspace) is { } program ? (FailureClass.Configuration, $"{name} would run what is in the repository's '{program}', and nothing keeps it from that: allow the repository's tools, or use another provider.")
        : null;

    private string? FindProgram(AgentWorkspace workspace) =>
        options.AllowRepositoryTools ? null : profile.RepositoryPrograms.FirstOrDefault(path => Path.Exists(Path.Combine(workspace.Directory, path)));

    private AgentFailed Refuse(FailureClass failure, string message) => AgentSandbox.Refuse(failure, message, services.Time.GetUtcNow());

    /// <summary>Finds its key and what the execution orders beside it.</summary>
    private async ValueTask<(SecretValue? Key, (FailureClass Class, string Message) Lacking)> FindSecretsAsync(
        AgentExecution execution, Dictionary<string, string> ordered, CancellationToken cancellationToken)
    {
        try
        {
            if (await services.Secrets.FindAsync(_secretName, cancellationToken).ConfigureAwait(false) is not { } key)
            {
                return (null, (FailureClass.Authentication, $"{name} has no API key: set the environment variable {_secretName}, or register a secret provider that knows it."));
            }

            return await ExecutionSecrets.AddAsync(execution, services.Secrets, ordered, cancellationToken).ConfigureAwait(false) is { } missing
                ? (null, (FailureClass.Authentication, $"The task orders the secret {missing}, which nobody knows: set the environment variable of that name, or register a secret provider that knows it."))
                : (key, default);
        }
        catch (SecretSourceException exception)
        {
            return (null, (FailureClass.Configuration, exception.Message));
        }
    }

    private async ValueTask<(ModelAccess? Access, (FailureClass Class, string Message) Closed)> OpenAccessAsync(
        IAgentPlace place, string? model, SecretValue key, Func<TokenUsage, decimal?> costOf, CancellationToken cancellationToken)
    {
        if (!options.UseCredentialProxy || profile.Protocol is not { } protocol || _baseUrl is null)
        {
            return place.HasNetwork
                ? (new ModelAccess(_baseUrl, key, null, costOf), default)
                : (null, (FailureClass.Configuration, $"{name} does not reach its model through the credential proxy, and the pool's containers have no network: give it an address, or the pool a network."));
        }

        var execution = place.Execution;

        var request = new CredentialProxyRequest
        {
            ExecutionId = execution.Id,
            Protocol = protocol,
            Upstream = new Uri(_baseUrl),
            Key = key,
            Door = place.Door,
            BudgetUsd = execution.BudgetUsd,
            CostOf = usage => BudgetPriceOf(model, usage),
        };
        try
        {
            return (new ModelAccess(null, key, await services.Proxies.OpenAsync(request, cancellationToken).ConfigureAwait(false), costOf), default);
        }
        catch (ArgumentException exception)
        {
            return (null, (FailureClass.Configuration, $"{name} cannot use its address or key: {exception.Message}"));
        }
        catch (SocketException exception)
        {
            return (null, (FailureClass.Unavailable, $"No port could be opened for the credential proxy of {name}: {exception.SocketErrorCode}."));
        }
    }

    private ProcessRequest CreateRequest(AgentCliRun run, AgentCliLaunch launch, ModelAccess access, Dictionary<string, string> ordered, bool isContainer)
    {
        var environment = isContainer ? AgentSandbox.ContainerEnvironment(run.Workspace) : AgentSandbox.Environment(run.Workspace, keepHome: false);
        if (access.IsProxied)
        {
            AgentSandbox.KeepLoopbackDirect(environment);
        }

        foreach (var (variable, value) in ordered.Concat(launch.Environment))
        {
            environment[variable] = value;
        }

        return new ProcessRequest
        {
            Command = new CommandLine { Executable = _executable, Arguments = [.. launch.Arguments] },
            WorkingDirectory = run.Workspace.Directory,
            Environment = environment,
            ExecutionId = run.Execution.Id,
            StandardInput = AgentSandbox.Prompt(run.Execution, run.Workspace),
            Limits = run.Execution.TimeLimits ?? options.TimeLimits,
            StopSignal = profile.StopSignal,
            WritablePaths = run.IsConfined && !isContainer ? AgentSandbox.WritablePaths(run.Workspace, options.WritablePaths) : null,
        };
    }

    /// <summary>What the tokens of requests count against the budget. A model without a price, the CLI's own default among them, counts as the dearest one that has a price: else naming it would switch the budget off.</summary>
    private decimal? BudgetPriceOf(string? model, TokenUsage usage) =>
        TokenPriceOf(model, usage) ?? (options.Models.Count > 0 ? options.Models.Max(known => known.Prices.CostOf(usage)) : null);

    private decimal? TokenPriceOf(string? model, TokenUsage usage) => options.Models.FirstOrDefault(known => known.Name == model)?.Prices.CostOf(usage);

    private decimal? PriceOf(string? model, TokenUsage usage) =>
        TokenPriceOf(model, usage) is { } tokens ? tokens + options.PricePerTaskUsd
        : options.PricePerTaskUsd > 0 ? options.PricePerTaskUsd : null;
}
