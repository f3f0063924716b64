using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Tests.Leasing;

namespace Orchestrator.Containers.Tests.Pools;

public sealed class ContainerBalancerOptionsTests
{
    [Fact]
    public void A_pool_with_an_image_and_nothing_else_is_valid() => Assert.Empty(ErrorsOf(_ => { }));

    [Fact]
    public void A_pool_binds_from_configuration_by_the_names_of_its_properties()
    {
        var options = Bind(
            """
            { "Owner": "factory", "StartConcurrency": 3, "ReconcileInterval": "00:00:02", "Seed": 7, "Pools": { "build": {
              "Image": "factory-base:1", "Command": ["serve", "--port", "8080"], "Ports": [8080], "Environment": { "MODE": "test" },
              "Mounts": [ { "Source": "/srv/cache", "Target": "/cache" } ], "Tmpfs": [ { "Target": "/tmp", "MaxBytes": 1048576 } ],
              "Capabilities": ["NET_BIND_SERVICE"], "User": "10001:10001", "Network": "closed", "MemoryBytes": 1073741824, "Cpus": 1.5, "MaxProcesses": 64,
              "Startup": { "HttpPath": "/health", "Port": 8080, "Interval": "00:00:01", "Timeout": "00:00:00.5", "FailureThreshold": 30, "SuccessThreshold": 2 },
              "Liveness": { "Command": ["check"] }, "MinInstances": 0, "MaxInstances": 12, "WarmInstances": 2, "Warmth": "Created", "TargetLoad": 2.5, "SoftLimit": 3, "HardLimit": 4,
              "IdleTime": "00:02:00", "Policy": "least-requests", "StuckTime": "00:20:00", "Restart": { "Delay": "00:00:02", "Budget": 4 },
              "Scaling": { "Tolerance": 0.2, "WaitingWeight": 2, "StepLimit": 3, "Stabilisation": "00:10:00", "ManualHold": "02:00:00" },
              "Schedule": [ { "Days": ["Monday", "Friday"], "From": "07:30", "To": "19:00", "TimeZone": "Europe/Berlin", "MinInstances": 3 } ],
              "CostPerHourUsd": 0.25, "DailyBudgetUsd": 10 } } }
            """);

        Assert.Equal("factory", options.Owner);
        Assert.Equal(3, options.StartConcurrency);
        Assert.Equal(7UL, options.Seed);
        var pool = options.Pools["BUILD"];
        Assert.Equal(["serve", "--port", "8080"], pool.Command);
        Assert.Equal("test", pool.Environment["MODE"]);
        Assert.Equal([new ContainerMount("/srv/cache", "/cache")], pool.Mounts);
        Assert.Equal([new ContainerTmpfs("/tmp", 1_048_576)], pool.Tmpfs);
        Assert.Equal((8080, "/health", 30, 2), (pool.Startup!.Port, pool.Startup.HttpPath, pool.Startup.FailureThreshold, pool.Startup.SuccessThreshold));
        Assert.Equal(["check"], pool.Liveness!.Command);
        Assert.Null(pool.Readiness);
        Assert.Equal((0, 12, 2, ContainerWarmth.Created), (pool.MinInstances, pool.MaxInstances, pool.WarmInstances, pool.Warmth));
        Assert.Equal((2.5, 3, 4), (pool.TargetLoad, pool.SoftLimit, pool.HardLimit));
        Assert.Equal((TimeSpan.FromSeconds(2), 4), (pool.Restart.Delay, pool.Restart.Budget));
        Assert.Equal((0.2, 2.0, 3, TimeSpan.FromHours(2)), (pool.Scaling.Tolerance, pool.Scaling.WaitingWeight, pool.Scaling.StepLimit, pool.Scaling.ManualHold));
        var window = Assert.Single(pool.Schedule);
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Friday], window.Days);
        Assert.Equal((new TimeOnly(7, 30), new TimeOnly(19, 0), 3), (window.From, window.To, window.MinInstances));
        Assert.Equal((0.25m, 10m), (pool.CostPerHourUsd, pool.DailyBudgetUsd));
        Assert.True(new ContainerBalancerOptionsValidator([]).Validate(null, options).Succeeded);
    }

    [Fact]
    public void Every_error_is_reported_with_its_place()
    {
        var errors = ErrorsOf(pool =>
        {
            pool.Image = "";
            pool.HardLimit = 0;
            pool.MaxInstances = 2;
            pool.MinInstances = 3;
            pool.Ports = [8080, 8080, 70_000];
            pool.Restart.MaxDelay = TimeSpan.Zero;
        });

        Assert.Equal(
            [
                "Pools:build:Image", "Pools:build:Ports:2", "Pools:build:Ports", "Pools:build:MinInstances", "Pools:build:HardLimit", "Pools:build:Restart:MaxDelay",
            ],
            errors.Select(error => error[..error.IndexOf(' ', StringComparison.Ordinal)]));
        Assert.Contains("Pools:build:MinInstances is 3; set it from 0 to 2.", errors);
    }

    [Theory]
    [InlineData(null, null, false, "must ask in one way")]
    [InlineData("/health", null, false, "must ask in one way")]
    [InlineData(null, 8080, true, "must ask in one way")]
    [InlineData("health", 8080, false, "begin it with a slash")]
    [InlineData("/health", 9090, false, "none of Ports")]
    public void A_probe_asks_in_exactly_one_way(string? path, int? port, bool hasCommand, string complaint)
    {
        var errors = ErrorsOf(pool =>
        {
            pool.Ports = [8080];
            pool.Readiness = new ContainerProbeOptions { HttpPath = path, Port = port, Command = hasCommand ? ["check"] : [] };
        });

        var error = Assert.Single(errors);
        Assert.StartsWith("Pools:build:Readiness", error, StringComparison.Ordinal);
        Assert.Contains(complaint, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/var/run/docker.sock")]
    [InlineData("/")]
    public void A_mount_that_hands_over_the_machine_is_refused(string source)
    {
        var errors = ErrorsOf(pool => pool.Mounts = [new ContainerMount(source, "/x")]);

        Assert.Contains("the whole machine", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("container:other")]
    public void A_network_of_the_machine_is_refused(string network)
    {
        var errors = ErrorsOf(pool => pool.Network = network);

        Assert.Contains("Pools:build:Network", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_policy_names_the_known_ones()
    {
        var errors = ErrorsOf(pool => pool.Policy = "fastest", new FirstPolicy("mine"));

        Assert.Equal(
            ["Pools:build:Policy is 'fastest', which is no policy; use one of power-of-two-choices, least-requests, round-robin, random, session-affinity, mine."], errors);
        Assert.Empty(ErrorsOf(pool => pool.Policy = "MINE", new FirstPolicy("mine")));
    }

    [Fact]
    public void A_policy_cannot_take_the_name_of_a_built_in_one()
    {
        var errors = ErrorsOf(_ => { }, new FirstPolicy("Random"));

        Assert.Contains("'Random' is there twice", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(5.0)]
    [InlineData(double.NaN)]
    public void A_target_is_above_zero_and_within_the_hard_limit(double target)
    {
        var errors = ErrorsOf(pool => (pool.HardLimit, pool.TargetLoad) = (4, target));

        Assert.Contains("Pools:build:TargetLoad", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_without_a_rate_is_an_error() =>
        Assert.Contains("set CostPerHourUsd too", Assert.Single(ErrorsOf(pool => pool.DailyBudgetUsd = 5)), StringComparison.Ordinal);

    [Fact]
    public void A_time_zone_that_does_not_exist_is_an_error() =>
        Assert.Contains("Pools:build:Schedule:0:TimeZone", Assert.Single(ErrorsOf(pool => pool.Schedule = [new() { TimeZone = "Mars/Olympus" }])), StringComparison.Ordinal);

    [Fact]
    public void A_pool_needs_a_name_that_fits_on_its_instances()
    {
        var options = new ContainerBalancerOptions { Owner = "a b" };
        options.Pools[new string('x', 41)] = new ContainerPoolOptions { Image = "i" };
        options.Pools["null"] = null!;

        var failures = new ContainerBalancerOptionsValidator([]).Validate(null, options).Failures!.ToList();

        Assert.Equal(3, failures.Count);
        Assert.StartsWith("Owner is 'a b'", failures[0], StringComparison.Ordinal);
        Assert.Contains("is no name for a pool", failures[1], StringComparison.Ordinal);
        Assert.Contains("Pools:null is null", failures[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_pool_alone_is_checked_under_its_name() =>
        Assert.StartsWith("Pools:gpu:Image", new ContainerPoolOptionsValidator([]).Validate("gpu", new ContainerPoolOptions()).Failures!.Single(), StringComparison.Ordinal);

    private static IReadOnlyList<string> ErrorsOf(Action<ContainerPoolOptions> change, params IInstanceSelectionPolicy[] policies)
    {
        var options = new ContainerBalancerOptions();
        var pool = new ContainerPoolOptions { Image = "factory-base:1" };
        change(pool);
        options.Pools["build"] = pool;
        return [.. new ContainerBalancerOptionsValidator(policies).Validate(null, options).Failures ?? []];
    }

    private static ContainerBalancerOptions Bind(string json)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        var configuration = new ConfigurationBuilder().AddJsonStream(stream).Build();
        using var services = new ServiceCollection().Configure<ContainerBalancerOptions>(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ContainerBalancerOptions>>().Value;
    }
}
