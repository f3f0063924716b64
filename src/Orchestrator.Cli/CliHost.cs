using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Cli.Configuration;
using Orchestrator.Cli.Output;
using Orchestrator.Hosting;
using Orchestrator.Routing;
using Orchestrator.Routing.Health;
using Orchestrator.Storage;

namespace Orchestrator.Cli;

/// <summary>The assembled orchestrator of one command: services alone, or with the worker running.</summary>
internal sealed class CliHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly OrchestratorOptions _options;
    private readonly bool _isPostgreSql;
    private readonly ContainerClaim? _containers;
    private bool _started;

    private CliHost(IHost host, OrchestratorOptions options, PostgreSqlSettings? postgreSql, ContainerClaim? containers)
    {
        (_host, _options, _isPostgreSql, _containers) = (host, options, postgreSql is not null, containers);
        Database = postgreSql is null ? Path.Combine(options.StateDirectory, OrchestratorState.DatabaseName) : $"PostgreSQL, schema {postgreSql.Schema}";
    }

    public IServiceProvider Services => _host.Services;

    public TimeProvider Time => Services.GetRequiredService<TimeProvider>();

    public string StateDirectory => _options.StateDirectory;

    /// <summary>Where the data is, for people.</summary>
    public string Database { get; }

    /// <summary>For commands that run agents: the pool that the configuration names, or this machine.</summary>
    public const string ConfiguredPool = "";

    /// <summary>Assembles the services and opens the database; no worker runs.</summary>
    public static async Task<CliHost> CreateAsync(CliContext context, string? repository, CancellationToken cancellationToken, Action<OrchestratorOptions>? configure = null, string? containerPool = null)
    {
        var host = await AssembleAsync(context, repository, configure, containerPool);
        await host.Services.GetRequiredService<ITaskStore>().InitializeAsync(cancellationToken);
        return host;
    }

    /// <summary>Assembles the services for a database that is there already; makes and migrates none.</summary>
    /// <exception cref="ArgumentException">The database does not meet the demand.</exception>
    public static async Task<CliHost> OpenAsync(CliContext context, DatabaseDemand demand, CancellationToken cancellationToken, string? repository = null)
    {
        if (demand == DatabaseDemand.None)
        {
            return await CreateAsync(context, repository, cancellationToken);
        }

        var host = await AssembleAsync(context, repository, configure: null);
        try
        {
            await ExistingDatabase.DemandAsync(host.Services, demand, host._isPostgreSql, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes over what the router remembers of earlier processes, for a command that asks the router without running the host.</summary>
    public ValueTask LoadRoutingStateAsync(CancellationToken cancellationToken) => Services.GetRequiredService<IRoutingState>().LoadAsync(cancellationToken);

    /// <summary>Finds out which providers can work, takes up what dead processes left and starts the worker.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Services.GetRequiredService<ProviderHealthChecks>().CheckAsync(cancellationToken);
        _started = true;
        await _host.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_started)
        {
            await _host.StopAsync(CancellationToken.None);
        }

        // What waits to be written, such as decisions, is written on the way.
        await ((IAsyncDisposable)_host).DisposeAsync();
        _containers?.Dispose();
    }

    private static async Task<CliHost> AssembleAsync(CliContext context, string? repository, Action<OrchestratorOptions>? configure, string? containerPool = null)
    {
        var host = Build(context, repository, configure, containerPool);
        if (ConfigurationValidation.ErrorsOf(host.Services) is { Count: > 0 } errors)
        {
            await host.DisposeAsync();
            throw new ConfigurationErrorsException(errors);
        }

        return host;
    }

    private static CliHost Build(CliContext context, string? repository, Action<OrchestratorOptions>? configure, string? containerPool)
    {
        var settings = OrchestratorSettings.Load(repository, context.ConfigurationFile, context.StateDirectory);
        configure?.Invoke(settings.Options);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(context.Time).AddSingleton(context.Output).AddSingleton(settings.Containers).AddSingleton<IAgentTaskObserver, OutputObserver>();
        if (settings.Secrets.UserSecrets is { } userSecrets)
        {
            builder.Configuration.AddConfiguration(userSecrets);
        }

        // First, so that they end last: what runs in them is not pulled away from under the worker.
        var containers = AddContainers(builder.Services, settings, containerPool);
        builder.Services.AddOrchestrator(settings.Options.CopyTo).ConfigureProviders(providers =>
        {
            Configuration.ProviderSettings.AddTo(providers, settings.Providers);
            settings.Secrets.AddTo(providers);
        });
        builder.Services.AddProviderRouting(settings.Routing);
        if (settings.PostgreSql is { } postgreSql)
        {
            builder.Services.AddOrchestratorStorage().UsePostgreSql(postgreSql.Apply);
        }

        return new CliHost(builder.Build(), settings.Options, settings.PostgreSql, containers);
    }

    private static ContainerClaim? AddContainers(IServiceCollection services, OrchestratorSettings settings, string? pool)
    {
        if (pool is null || (pool.Length > 0 ? pool : settings.Containers.AgentPool) is not { } used)
        {
            return null;
        }

        var claim = ContainerClaim.Take(settings.Options.StateDirectory);
        try
        {
            settings.Containers.AddTo(services, used, claim);
            return claim;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }
}
