using Microsoft.Extensions.Configuration;
using Orchestrator.Providers;
using Orchestrator.Routing;

namespace Orchestrator.Cli.Configuration;

/// <summary>
/// The models of an agent with their prices. They have one place, the agent's list <c>models</c>: from there they reach its budget and, through what it says of itself, the router. A list
/// under <c>routing</c>, which the router reads by itself, reaches the agent too; both lists at once are an error.
/// </summary>
internal static class ModelPrices
{
    private const string Key = "models";

    /// <summary>The models of a provider that the configuration names.</summary>
    public static IReadOnlyList<ModelDescriptor> Read(SettingReader reader, IConfigurationSection routed)
    {
        IReadOnlyList<ModelDescriptor> own = [];
        reader.Sections(Key, Read, models =>
        {
            if (routed.GetSection(Key).Exists())
            {
                throw new FormatException($"prices have one place: take {routed.GetSection(Key).Path} away.");
            }

            own = [.. models.Where(IsPriced).Select(static model => model.ToDescriptor())];
        });
        return own.Count > 0 ? own : Routed(routed);

        static ModelSettings Read(SettingReader model)
        {
            var read = ReadAny(model);
            model.Demand(read.Name.Length > 0, "name", "name the model as the agent takes it");
            model.Demand(read.InputUsd is not null, "inputUsd", "be the price of a million tokens of input in US dollars, 0 when they cost nothing");
            model.Demand(read.OutputUsd is not null, "outputUsd", "be the price of a million tokens of output in US dollars, 0 when they cost nothing");
            return read;
        }
    }

    /// <summary>The models that stand under <c>routing</c>. What is wrong there is told by the router; those without a price are none of the agent's business, or its budget would take them for free.</summary>
    public static IReadOnlyList<ModelDescriptor> Routed(IConfigurationSection routed)
    {
        IReadOnlyList<ModelDescriptor> all = [];
        new SettingReader(routed, []).Sections(Key, ReadAny, models => all = [.. models.Where(IsPriced).Select(static model => model.ToDescriptor())]);
        return all;
    }

    private static ModelSettings ReadAny(SettingReader reader)
    {
        var model = new ModelSettings();
        reader.Text("name", value => model.Name = value);
        reader.Long("contextWindow", value => model.ContextWindow = value);
        reader.Money("inputUsd", value => model.InputUsd = value);
        reader.Money("cachedInputUsd", value => model.CachedInputUsd = value);
        reader.Money("cacheWriteUsd", value => model.CacheWriteUsd = value);
        reader.Money("outputUsd", value => model.OutputUsd = value);
        return model;
    }

    private static bool IsPriced(ModelSettings model) => model.Name.Length > 0 && (model.InputUsd ?? model.OutputUsd) is not null;
}
