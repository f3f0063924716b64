using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Chat;
using Orchestrator.Providers;
using Orchestrator.Providers.Chat;
using Orchestrator.Secrets;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Configuration;

/// <summary>The settings of a chat model as an agent: an endpoint of OpenAI's Chat Completions, and our own tools.</summary>
internal static class ChatSettings
{
    /// <summary>The kind in the configuration.</summary>
    public const string Kind = "chat";

    /// <summary>Reads the settings.</summary>
    /// <param name="name">The provider's name.</param>
    /// <param name="reader">Its settings, but for the models.</param>
    /// <param name="models">Its models.</param>
    public static Action<IAgentProvidersBuilder> Read(string name, SettingReader reader, IReadOnlyList<ModelDescriptor> models)
    {
        var (address, secret) = (ReadAddress(reader), ReadSecret(reader));
        string? model = null;
        reader.Text("model", value => model = value);
        reader.Demand(!string.IsNullOrWhiteSpace(model) || models.Count > 0, "model", "name the model, or models list those to choose among");
        Action<ChatAgentOptions> apply = options =>
        {
            (options.Model, options.Models, options.SecretNames) = (model, [.. models], secret is null ? [] : [secret]);
        };
        ReadWords(reader, change => apply += change);
        ReadLimits(reader, change => apply += change);
        return builder => builder.AddChatAgent(name, services => new KeyedChatClient(address, model, secret, services.GetRequiredService<SecretResolver>()), apply);
    }

    private static void ReadWords(SettingReader reader, Action<Action<ChatAgentOptions>> add)
    {
        reader.Text("description", value => add(options => options.Description = value));
        reader.Text("instructions", value => add(options => options.Instructions = value));
        reader.Texts("instructionFiles", values => add(options => options.InstructionFiles = [.. values]));
        reader.Names<AgentTaskType>("taskTypes", values => add(options => options.TaskTypes = [.. values]));
        reader.Texts("tags", values => add(options => options.Tags = [.. values]));
        reader.Money("pricePerTaskUsd", value => add(options => options.PricePerTaskUsd = value));
        reader.Share("temperature", value => add(options => options.Temperature = value));
        reader.Texts("allowedCommands", values => add(options => options.AllowedCommands = [.. values]));
        reader.Flag("confineWrites", value => add(options => options.ConfineWrites = value));
        reader.Texts("writablePaths", values => add(options => options.WritablePaths = [.. values]));
        reader.Flag("keepHome", value => add(options => options.KeepHome = value));
    }

    private static void ReadLimits(SettingReader reader, Action<Action<ChatAgentOptions>> add)
    {
        reader.Number("maxTurns", value => add(options => options.MaxTurns = value));
        reader.Long("maxTokens", value => add(options => options.MaxTokens = value));
        reader.Money("maxCostUsd", value => add(options => options.MaxCostUsd = value));
        reader.Number("maxOutputTokens", value => add(options => options.MaxOutputTokens = value));
        reader.Number("requestRetries", value => add(options => options.RequestRetries = value));
        reader.Duration("commandTimeLimit", value => add(options => options.CommandTimeLimit = value));
        var limits = ProviderSettings.TimeLimits(reader);
        add(options => options.TimeLimits = limits(options.TimeLimits));
    }

    // What is refused is not shown: a password may stand in it.
    private static Uri ReadAddress(SettingReader reader)
    {
        Uri? address = null;
        reader.Text("baseUrl", value => address = Uri.TryCreate(value, UriKind.Absolute, out var read) && read.Scheme is "http" or "https" && read.UserInfo.Length == 0 ? read : null);
        reader.Demand(address is not null, "baseUrl", "be the http or https address of the service without a user or password, for example https://api.openai.com/v1");
        return address ?? new Uri("http://localhost");
    }

    // What is no name may be the key itself: it goes no further.
    private static string? ReadSecret(SettingReader reader)
    {
        var secret = reader.Text("apiKeySecret");
        var isName = Identifiers.IsName(secret) && SecretPatterns.Find(secret) is null;
        reader.Demand(secret is null || isName, "apiKeySecret", "be the name of a secret, never the key itself; leave it out for a service without a key");
        return isName ? secret : null;
    }
}
