namespace Orchestrator.Providers.Cli.Codex;

/// <summary>Settings of the Codex CLI provider.</summary>
public sealed class CodexProviderOptions
{
    /// <summary>The program: a name on PATH or a path.</summary>
    /// <value><c>codex</c></value>
    public string Executable { get; set; } = "codex";

    /// <summary>The model when the router chose none.</summary>
    /// <value><see langword="null"/>: Codex' own default.</value>
    public string? Model { get; set; }

    /// <summary>The models that the router may choose among, with their prices. The cost of an execution is known only for these.</summary>
    /// <value>None by default.</value>
    public IList<ModelDescriptor> Models { get; set; } = [];

    /// <summary>Where the model is served: an endpoint of OpenAI's Responses protocol, without <c>/responses</c>. For gateways and tests.</summary>
    /// <value><c>https://api.openai.com/v1</c></value>
    public string BaseUrl { get; set; } = "https://api.openai.com/v1";

    /// <summary>The name of the secret with the API key, which is also the variable that Codex gets it in.</summary>
    /// <value><c>CODEX_API_KEY</c></value>
    public string ApiKeySecret { get; set; } = Orchestrator.Secrets.SecretNames.Codex;

    /// <summary>More arguments, put before the prompt's <c>-</c>.</summary>
    /// <value>None by default.</value>
    public IList<string> ExtraArguments { get; set; } = [];

    /// <summary>Our clocks over it, unless the execution has its own.</summary>
    public AgentTimeLimits TimeLimits { get; set; } = new();

    /// <summary>A flat price a task in US dollars, beside the prices of tokens.</summary>
    /// <value>0 by default; not negative.</value>
    public decimal PricePerTaskUsd { get; set; }

    /// <summary>Whether writes are confined to the workspace by us. Otherwise, and where the system cannot, Codex' own sandbox is asked for.</summary>
    /// <value><see langword="true"/></value>
    public bool ConfineWrites { get; set; } = true;

    /// <summary>More places that it may write to.</summary>
    /// <value>None by default.</value>
    public IList<string> WritablePaths { get; set; } = [];

    /// <summary>Groups that rules can speak of.</summary>
    /// <value>None by default.</value>
    public IList<string> Tags { get; set; } = [];
}
