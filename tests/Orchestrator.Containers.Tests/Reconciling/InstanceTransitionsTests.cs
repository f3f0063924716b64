using Orchestrator.Containers.Reconciling;

namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class InstanceTransitionsTests
{
    [Theory]
    [InlineData(InstanceState.Unknown, InstanceState.Creating)]
    [InlineData(InstanceState.Creating, InstanceState.Starting)]
    [InlineData(InstanceState.Starting, InstanceState.Ready)]
    [InlineData(InstanceState.Ready, InstanceState.Draining)]
    [InlineData(InstanceState.Draining, InstanceState.Stopping)]
    [InlineData(InstanceState.Stopping, InstanceState.Stopped)]
    [InlineData(InstanceState.Stopped, InstanceState.CrashLoop)]
    [InlineData(InstanceState.CrashLoop, InstanceState.Creating)]
    [InlineData(InstanceState.CrashLoop, InstanceState.Stopping)] // It was made after all, and cannot be woken.
    [InlineData(InstanceState.Failed, InstanceState.Creating)]
    public void These_states_follow_each_other(InstanceState from, InstanceState to) => Assert.True(InstanceTransitions.IsAllowed(from, to));

    [Theory]
    [InlineData(InstanceState.Draining, InstanceState.Ready)]
    [InlineData(InstanceState.Stopping, InstanceState.Ready)]
    [InlineData(InstanceState.Stopped, InstanceState.Ready)]
    [InlineData(InstanceState.Creating, InstanceState.Ready)]
    [InlineData(InstanceState.Starting, InstanceState.Unhealthy)]
    [InlineData(InstanceState.CrashLoop, InstanceState.Ready)]
    [InlineData(InstanceState.Ready, InstanceState.Creating)]
    public void These_states_never_follow_each_other(InstanceState from, InstanceState to) => Assert.False(InstanceTransitions.IsAllowed(from, to));

    [Fact]
    public void Every_state_can_be_reached_and_none_follows_itself()
    {
        var states = Enum.GetValues<InstanceState>();

        Assert.All(states.Where(state => state != InstanceState.Unknown), to => Assert.Contains(states, from => InstanceTransitions.IsAllowed(from, to)));
        Assert.All(states, state => Assert.False(InstanceTransitions.IsAllowed(state, state)));
    }
}
