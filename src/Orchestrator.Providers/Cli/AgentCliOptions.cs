namespace Orchestrator.Providers.Cli;

/// <summary>Settings of an agent CLI. What is not set is what the profile of the CLI says.</summary>
public sealed class AgentCliOptions
{
    /// <summary>The program: a name on PATH or a path.</summary>
    /// <value><see langword="null"/>: the CLI's own name, such as <c>codex</c> or <c>claude</c>.</value>
    public string? Executable { get; set; }

    /// <summary>The model when the router chose none.</summary>
    /// <value><see langword="null"/>: the CLI's own default.</value>
    public string? Model { get; set; }

    /// <summary>The models that the router may choose among, with their prices. The cost of an execution is known only for these, unless the CLI tells it.</summary>
    /// <value>None by default.</value>
    public IList<ModelDescriptor> Models { get; set; } = [];

    /// <summary>Where the models are served, for gateways and tests; in the form that the CLI takes. CLIs that take none refuse it.</summary>
    /// <value><see langword="null"/>: the vendor's own address.</value>
    public string? BaseUrl { get; set; }

    /// <summary>The name of the secret with the API key.</summary>
    /// <value><see langword="null"/>: the CLI's own, see <see cref="Secrets.SecretNames"/>.</value>
    public string? ApiKeySecret { get; set; }

    /// <summary>Whether the agent gets a key of one execution only and the address of a proxy on loopback that puts in the real one. Where a CLI takes no address, its key goes by the environment.</summary>
    /// <value><see langword="true"/></value>
    public bool UseCredentialProxy { get; set; } = true;

    /// <summary>Whether hooks, tool servers and permissions that stand in the repository are used. They are programs that the repository's authors chose, and they run without a question.</summary>
    /// <value><see langword="false"/></value>
    public bool AllowRepositoryTools { get; set; }

    /// <summary>The most turns of the model. Only Claude Code and Gemini can count them; the settings of the others are refused with it.</summary>
    /// <value><see langword="null"/>: the CLI's own limit; otherwise at least 1.</value>
    public int? MaxTurns { get; set; }

    /// <summary>More arguments, put after ours.</summary>
    /// <value>None by default.</value>
    public IList<string> ExtraArguments { get; set; } = [];

    /// <summary>Our clocks over it, unless the execution has its own.</summary>
    public AgentTimeLimits TimeLimits { get; set; } = new();

    /// <summary>A flat price a task in US dollars, beside the prices of tokens.</summary>
    /// <value>0 by default; not negative.</value>
    public decimal PricePerTaskUsd { get; set; }

    /// <summary>Whether writes are confined to the workspace by us. Otherwise, and where the system cannot, the CLI's own sandbox is asked for if it has one.</summary>
    /// <value><see langword="true"/></value>
    public bool ConfineWrites { get; set; } = true;

    /// <summary>More places that it may write to.</summary>
    /// <value>None by default.</value>
    public IList<string> WritablePaths { get; set; } = [];

    /// <summary>Groups that rules can speak of.</summary>
    /// <value>None by default.</value>
    public IList<string> Tags { get; set; } = [];
}
