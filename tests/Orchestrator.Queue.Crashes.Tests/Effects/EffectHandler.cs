using System.Globalization;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Crashes.Tests.Effects;

/// <summary>Has one effect for each task. Every fiftieth task takes its time, so that processes die, or lose their lease, in the middle.</summary>
internal sealed class EffectHandler(EffectStore effects) : ITaskHandler
{
    public string Type => TortureQueue.TaskType;

    public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
    {
        var task = int.Parse(context.Task.Payload, CultureInfo.InvariantCulture);
        if (task % 50 == 0)
        {
            effects.Claim(task, context.FencingToken);
            await Task.Delay(TimeSpan.FromMilliseconds(20 + (task % 400 / 5)), TimeProvider.System, CancellationToken.None);
        }

        // A worker that lost its lease meanwhile tries all the same, and says that it is done: neither may be taken for true.
        var status = effects.Apply(task, context.FencingToken);
        return TaskHandlerResult.Completed($"\"{status} by {context.FencingToken}\"");
    }
}
