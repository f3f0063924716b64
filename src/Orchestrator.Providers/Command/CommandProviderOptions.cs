using Orchestrator.Tasks;

namespace Orchestrator.Providers.Command;

/// <summary>Settings of one command provider.</summary>
public sealed class CommandProviderOptions
{
    /// <summary>The program: a name on PATH or a path.</summary>
    public string Executable { get; set; } = "";

    /// <summary>
    /// The arguments, one element each; no shell reads them. <c>{workspace}</c>, <c>{instructions}</c>, <c>{task_id}</c> and <c>{model}</c> are filled in.
    /// Arguments can be seen by other users of the machine. An execution is refused as configuration when what is filled in makes an argument begin with <c>-</c> that does not do
    /// so here (it would be read as an option), or is longer than 128 KiB (1 MiB in all): use <see cref="InstructionsOnInput"/>.
    /// </summary>
    /// <value>No arguments by default.</value>
    public IList<string> Arguments { get; set; } = [];

    /// <summary>More environment variables. For secrets use <see cref="SecretNames"/>.</summary>
    /// <value>None by default.</value>
    public IDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>();

    /// <summary>Secrets that the command gets as environment variables of the same names. One that is missing fails the execution before it starts.</summary>
    /// <value>None by default.</value>
    public IList<string> SecretNames { get; set; } = [];

    /// <summary>Our clocks over the command, unless the execution has its own.</summary>
    /// <value>Startup and idle 10 minutes, as many tools print nothing; total 30 minutes; grace 5 seconds.</value>
    public AgentTimeLimits TimeLimits { get; set; } = new() { Startup = TimeSpan.FromMinutes(10), Idle = TimeSpan.FromMinutes(10) };

    /// <summary>The types of task it takes.</summary>
    /// <value>Empty by default: all types.</value>
    public IList<AgentTaskType> TaskTypes { get; set; } = [];

    /// <summary>What it can do, see <see cref="ProviderCapabilities"/>.</summary>
    /// <value>Empty by default: <c>edit</c> and <c>deterministic</c>.</value>
    public IList<string> Capabilities { get; set; } = [];

    /// <summary>Groups that rules can speak of.</summary>
    /// <value>None by default.</value>
    public IList<string> Tags { get; set; } = [];

    /// <summary>A line for people.</summary>
    public string Description { get; set; } = "";

    /// <summary>A flat price a task in US dollars.</summary>
    /// <value>0 by default; not negative.</value>
    public decimal PricePerTaskUsd { get; set; }

    /// <summary>Whether writes are confined to the workspace and <see cref="WritablePaths"/>, where the system can do that.</summary>
    /// <value><see langword="true"/></value>
    public bool ConfineWrites { get; set; } = true;

    /// <summary>More places that it may write to, for example <c>~/.nuget</c>. Missing ones are left out.</summary>
    /// <value>None by default.</value>
    public IList<string> WritablePaths { get; set; } = [];

    /// <summary>Whether it sees the user's home, with the caches of the user's tools. It cannot write there, see <see cref="WritablePaths"/>.</summary>
    /// <value><see langword="true"/>; otherwise it gets an empty home.</value>
    public bool KeepHome { get; set; } = true;

    /// <summary>The exit codes that mean success.</summary>
    /// <value>Empty by default: 0 alone.</value>
    public IList<int> SuccessExitCodes { get; set; } = [];

    /// <summary>Whether it gets the instructions on its standard input, which is then closed. On the command line they can be seen by others and are limited in length.</summary>
    /// <value><see langword="false"/>: its input is empty.</value>
    public bool InstructionsOnInput { get; set; }

    /// <summary>What it prints.</summary>
    /// <value><see cref="CommandOutputFormat.Text"/> by default.</value>
    public CommandOutputFormat Output { get; set; }

    /// <summary>Where things stand in its lines, for <see cref="CommandOutputFormat.JsonLines"/>.</summary>
    /// <value>Nothing by default: the exit code alone says how it went.</value>
    public CommandOutputMapping Mapping { get; set; } = new();

    /// <summary>How many lines become events; the rest is counted only.</summary>
    /// <value>2000 by default; not negative.</value>
    public int MaxOutputLines { get; set; } = 2000;

    /// <summary>How to get the program, shown when it is missing.</summary>
    public string InstallHint { get; set; } = "";
}
