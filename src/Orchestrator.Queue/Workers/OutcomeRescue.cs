using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Workers;

/// <summary>Stores outcomes one by one when the database refused one of many, so that one bad result does not hold up the others.</summary>
internal sealed class OutcomeRescue(ITaskLeases leases, ILogger<TaskWorker> logger)
{
    /// <summary>After how many refusals without a clear reason a result is taken to be the reason.</summary>
    private const int RefusalsUntilReplaced = 3;

    /// <summary>After how many a task is given up that not even a failure can be stored for.</summary>
    private const int RefusalsUntilDropped = 30;

    /// <summary>Whether it may be of use after such a fault: not when the same call may succeed in a moment.</summary>
    public static bool MayHelp(Exception error) => error is not (OrchestratorException { IsTransient: true } or OperationCanceledException or TimeoutException);

    /// <summary>Stores what can be stored.</summary>
    /// <param name="tasks">The tasks; those are left in it whose outcomes are to be tried again.</param>
    /// <param name="ended">Hears of every task that is done with.</param>
    /// <returns>Why some are left; <see langword="null"/> when none is.</returns>
    public async ValueTask<Exception?> EndEachAsync(List<RunningTask> tasks, Action<RunningTask, LeaseStatus> ended)
    {
        Exception? failure = null;
        foreach (var task in tasks.ToList())
        {
            try
            {
                if (await EndAsync(task).ConfigureAwait(false) is { } status)
                {
                    tasks.Remove(task);
                    ended(task, status);
                }
            }
            catch (Exception error) when (MayHelp(error))
            {
                failure ??= error; // Of this task, perhaps: the others are tried all the same.
            }
            catch (Exception error)
            {
                return error; // Of the database: the others would fare no better.
            }
        }

        return failure;
    }

    private static bool IsOfContent(Exception error) => error is ArgumentException or StorageException { Code: StorageErrorCodes.TooLarge };

    private async ValueTask<LeaseStatus?> EndAsync(RunningTask task)
    {
        if (task.Refusals < RefusalsUntilReplaced)
        {
            try
            {
                return await WriteAsync(task.Outcome!).ConfigureAwait(false);
            }
            catch (Exception error) when (MayHelp(error))
            {
                task.Refusals++;
                if (!IsOfContent(error) && task.Refusals < RefusalsUntilReplaced)
                {
                    throw;
                }

                Log.OutcomeRefused(logger, task.Token.TaskId, error.Message);
            }
        }

        return await ReplaceAsync(task).ConfigureAwait(false);
    }

    // The outcome itself is kept until the failure is stored in its place: a database that is broken altogether refuses that, too.
    private async ValueTask<LeaseStatus> ReplaceAsync(RunningTask task)
    {
        var failure = new TaskFailure { Code = TaskQueueDiagnostics.ResultTooLargeCode, Message = "The result was refused by the database." };
        try
        {
            var status = await WriteAsync(TaskOutcome.Failed(task.Token, failure)).ConfigureAwait(false);
            task.OutcomeName = TaskQueueDiagnostics.OutcomeFailed;
            return status;
        }
        catch (Exception error) when (MayHelp(error))
        {
            if (++task.Refusals < RefusalsUntilDropped)
            {
                throw;
            }

            Log.OutcomeNotStored(logger, error, task.Token.TaskId, task.OutcomeName);
            return LeaseStatus.Lost;
        }
    }

    private async ValueTask<LeaseStatus> WriteAsync(TaskOutcome outcome) =>
        (await leases.EndAsync([outcome], null, CancellationToken.None).ConfigureAwait(false)).Ended[0];
}
