namespace Orchestrator.Hosting;

/// <summary>Settings of the main job.</summary>
public sealed class OrchestratorOptions
{
    /// <summary>The directory for the database, workspaces and kept patches. Only this user's processes should be able to write to it.</summary>
    /// <value><c>orchestrator</c> in the user's local application data (<c>~/.local/share/orchestrator</c> on Linux).</value>
    public string StateDirectory { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "orchestrator");

    /// <summary>The verify command of tasks that name none, as <see cref="CommandLine.Parse"/> reads it.</summary>
    /// <value><see langword="null"/>: such tasks end as <see cref="AgentTaskStatus.Unverified"/>.</value>
    public string? DefaultVerifyCommand { get; set; }

    /// <summary>How long a verify command may take.</summary>
    /// <value>15 minutes by default; from 1 second to 1 day.</value>
    public TimeSpan VerifyTimeLimit { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many tasks in a row may be enqueued to repair one that failed verification or whose patch was refused.</summary>
    /// <value>1 by default; 0 switches remediation off; at most 10.</value>
    public int MaxRemediations { get; set; } = 1;

    /// <summary>How many attempts may be made at one task over all providers, the first one, second tries of a provider and attempts that a crash ended included.</summary>
    /// <value>3 by default; from 1 to 20.</value>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How many tasks the worker of this process runs at the same time.</summary>
    /// <value>1 by default; from 1 to 64.</value>
    public int Concurrency { get; set; } = 1;

    /// <summary>The only task that the worker of this process runs; <see langword="null"/> for any.</summary>
    public string? OnlyTaskId { get; set; }

    /// <summary>The worker's name on every row.</summary>
    /// <value>The machine's name by default.</value>
    public string WorkerName { get; set; } = Environment.MachineName;

    /// <summary>The container's name on every row.</summary>
    /// <value><c>local</c> by default.</value>
    public string ContainerName { get; set; } = "local";

    /// <summary>Copies every setting to other options.</summary>
    /// <param name="target">The options to overwrite.</param>
    public void CopyTo(OrchestratorOptions target)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.StateDirectory = StateDirectory;
        target.DefaultVerifyCommand = DefaultVerifyCommand;
        target.VerifyTimeLimit = VerifyTimeLimit;
        target.MaxRemediations = MaxRemediations;
        target.MaxAttempts = MaxAttempts;
        target.Concurrency = Concurrency;
        target.OnlyTaskId = OnlyTaskId;
        target.WorkerName = WorkerName;
        target.ContainerName = ContainerName;
    }
}
