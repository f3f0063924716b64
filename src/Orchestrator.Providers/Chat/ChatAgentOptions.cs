using Orchestrator.Tasks;

namespace Orchestrator.Providers.Chat;

/// <summary>Settings of a chat-client agent: a chat model that works with our own tools.</summary>
public sealed class ChatAgentOptions
{
    /// <summary>A line for people.</summary>
    /// <value>Empty by default.</value>
    public string Description { get; set; } = "";

    /// <summary>The model when the router chose none.</summary>
    /// <value><see langword="null"/>: the client's own default.</value>
    public string? Model { get; set; }

    /// <summary>The models that the router may choose among, with their prices. The cost of an execution is known, and a budget kept, only for these.</summary>
    /// <value>None by default.</value>
    public IList<ModelDescriptor> Models { get; set; } = [];

    /// <summary>The types of task it takes.</summary>
    /// <value>Empty by default: all types.</value>
    public IList<AgentTaskType> TaskTypes { get; set; } = [];

    /// <summary>Groups that rules can speak of.</summary>
    /// <value>None by default.</value>
    public IList<string> Tags { get; set; } = [];

    /// <summary>A flat price a task in US dollars, beside the prices of tokens. It is part of the cost of every execution that got an answer, and counts for its limit of money.</summary>
    /// <value>0 by default; not negative.</value>
    public decimal PricePerTaskUsd { get; set; }

    /// <summary>Secrets that the client was made with. One that is missing fails the execution before it starts; those that are there are redacted. The client gets them from its maker, not from here.</summary>
    /// <value>None by default.</value>
    public IList<string> SecretNames { get; set; } = [];

    /// <summary>More words for the system message, put after ours: conventions, style, what to leave alone.</summary>
    /// <value>Empty by default.</value>
    public string Instructions { get; set; } = "";

    /// <summary>Files with instructions for agents, relative to the workspace. Those that are there are shown to the model, up to 32 KiB each.</summary>
    /// <value><c>AGENTS.md</c></value>
    public IList<string> InstructionFiles { get; set; } = ["AGENTS.md"];

    /// <summary>The most answers of the model in one execution.</summary>
    /// <value>50 by default; at least 1.</value>
    public int MaxTurns { get; set; } = 50;

    /// <summary>The most tokens of one execution, input and output together. Looked at before each request, so that one request may go beyond it.</summary>
    /// <value>2,000,000 by default; at least 1, or <see langword="null"/> for no limit.</value>
    public long? MaxTokens { get; set; } = 2_000_000;

    /// <summary>The most money of one execution in US dollars, besides the budget that the execution brings. Looked at before each request; holds for models with prices only.</summary>
    /// <value><see langword="null"/>: no limit; otherwise above 0.</value>
    public decimal? MaxCostUsd { get; set; }

    /// <summary>The most tokens of one answer.</summary>
    /// <value>8192 by default; at least 1, or <see langword="null"/> for the client's own limit.</value>
    public int? MaxOutputTokens { get; set; } = 8192;

    /// <summary>How freely the model chooses its words.</summary>
    /// <value><see langword="null"/>: the client's own default; otherwise 0 to 2.</value>
    public float? Temperature { get; set; }

    /// <summary>How often the very same call is answered while nothing in the workspace changes. The next one is refused with a note, and the one after that ends the execution.</summary>
    /// <value>3 by default; at least 1.</value>
    public int MaxIdenticalCalls { get; set; } = 3;

    /// <summary>How often a request is repeated that failed for a passing reason: too many requests, a failing server, no connection, an answer that was cut.</summary>
    /// <value>2 by default; 0 to 10. Set it to 0 for a client that repeats by itself.</value>
    public int RequestRetries { get; set; } = 2;

    /// <summary>
    /// Our clocks, unless the execution has its own. <see cref="AgentTimeLimits.Idle"/> is for one request to the model, <see cref="AgentTimeLimits.Total"/> for the whole execution,
    /// <see cref="AgentTimeLimits.Grace"/> for a command that is stopped; <see cref="AgentTimeLimits.Startup"/> is not used.
    /// </summary>
    public AgentTimeLimits TimeLimits { get; set; } = new();

    /// <summary>
    /// The commands that the model may run, such as <c>dotnet build</c>. No shell reads them. A command is allowed word for word; with <c> *</c> at the end, as in <c>dotnet test *</c>, any
    /// further arguments are. What a command does is up to it, and it may read all that the user may: allow only what may run on code that a model wrote.
    /// </summary>
    /// <value>None by default: the model is offered no command.</value>
    public IList<string> AllowedCommands { get; set; } = [];

    /// <summary>How long a command may take.</summary>
    /// <value>5 minutes by default; above zero. More than <see cref="AgentTimeLimits.Longest"/> is taken as that.</value>
    public TimeSpan CommandTimeLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether commands can write only to the workspace and <see cref="WritablePaths"/>, where the system can hold them to it.</summary>
    /// <value><see langword="true"/></value>
    public bool ConfineWrites { get; set; } = true;

    /// <summary>More places that commands may write to, for example <c>~/.nuget</c>. Missing ones are left out.</summary>
    /// <value>None by default.</value>
    public IList<string> WritablePaths { get; set; } = [];

    /// <summary>Whether commands see the user's home, with the caches of the user's tools. They cannot write there, see <see cref="WritablePaths"/>.</summary>
    /// <value><see langword="true"/>; otherwise they get an empty home.</value>
    public bool KeepHome { get; set; } = true;

    /// <summary>The longest file that the model is shown or that is searched, in bytes.</summary>
    /// <value>1 MiB by default; at least 1 KiB.</value>
    public int MaxFileBytes { get; set; } = 1024 * 1024;

    /// <summary>The longest answer of a tool, in characters. What is cut is said in it.</summary>
    /// <value>32,000 by default; at least 1,000.</value>
    public int MaxToolOutput { get; set; } = 32_000;

    /// <summary>
    /// Tells the failure that an exception of the client stands for, for clients whose exceptions say more than a status. <see langword="null"/>, as a result too, leaves it to us: the
    /// status of an <see cref="HttpRequestException"/> or <see cref="Completions.ChatServiceException"/>, then the words. When it throws, it is passed over, and the failure's detail says so.
    /// </summary>
    /// <value><see langword="null"/> by default.</value>
    public Func<Exception, AgentFailure?>? ExplainFailure { get; set; }
}
