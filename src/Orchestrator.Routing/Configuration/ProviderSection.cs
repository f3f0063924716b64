using Orchestrator.Tasks;

namespace Orchestrator.Routing.Configuration;

/// <summary>Reads what a configuration sets for one provider.</summary>
internal static class ProviderSection
{
    public static void Read(SectionReader reader, ProviderSettings settings)
    {
        reader.Flag("enabled", value => settings.Enabled = value);
        reader.Flag("draining", value => settings.Draining = value);
        reader.Money("pricePerTaskUsd", value => settings.PricePerTaskUsd = value);
        reader.Number("maxConcurrent", value => settings.MaxConcurrent = value);
        reader.Number("requestsPerMinute", value => settings.RequestsPerMinute = value);
        reader.Long("tokensPerMinute", value => settings.TokensPerMinute = value);
        reader.Number("requestsPerDay", value => settings.RequestsPerDay = value);
        reader.Share("successRate", value => settings.SuccessRate = value);
        reader.Duration("typicalDuration", value => settings.TypicalDuration = value);
        reader.Share("weight", value => settings.Weight = value);
        reader.Number("tier", value => settings.Tier = value);
        reader.Names<AgentTaskType>("taskTypes", value => settings.TaskTypes = value);
        reader.Names<SourceKind>("sources", value => settings.Sources = value);
        reader.Texts("capabilities", value => settings.Capabilities = value);
        reader.Texts("tags", value => settings.Tags = value);
        reader.Texts("dataResidency", value => settings.DataResidency = value);
        reader.Texts("fallbacks", value => settings.Fallbacks = value);
        reader.List("models", ReadModel, value => settings.Models = value);
    }

    private static ModelSettings ReadModel(SectionReader reader)
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
}
