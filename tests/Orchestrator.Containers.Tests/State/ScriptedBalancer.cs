namespace Orchestrator.Containers.Tests.State;

/// <summary>A balancer with one pool of at most three instances, of which one vanishes when it is touched.</summary>
internal sealed class ScriptedBalancer : IContainerBalancer
{
    public List<string> Done { get; } = [];

    public int Desired { get; set; } = 1;

    public ValueTask<ContainerAcquisition> AcquireAsync(ContainerRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ScaleAsync(string pool, int instances, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(instances, 3);
        Done.Add($"scale {pool} {instances}");
        return ValueTask.CompletedTask;
    }

    public ValueTask RestartAsync(string instance, CancellationToken cancellationToken) => Touch("restart", instance);

    public ValueTask DrainAsync(string instance, CancellationToken cancellationToken) => Touch("drain", instance);

    public ValueTask SetWeightAsync(string instance, double weight, CancellationToken cancellationToken) => Touch(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"weight {weight}"), instance);

    public decimal GetTaskCost(string taskId) => 0;

    public PoolStatus? GetStatus(string pool) => pool != "a" ? null : new PoolStatus
    {
        Pool = "a",
        Desired = Desired,
        Instances = [new InstanceStatus { Name = "a-1", State = InstanceState.Ready }, new InstanceStatus { Name = "a-gone", State = InstanceState.Stopping }],
    };

    private ValueTask Touch(string what, string instance)
    {
        if (instance == "a-gone")
        {
            throw new ArgumentException($"There is no instance '{instance}'.", nameof(instance));
        }

        Done.Add($"{what} {instance}");
        return ValueTask.CompletedTask;
    }
}
