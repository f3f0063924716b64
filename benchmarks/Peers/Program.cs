using System.Text.Json;
using Orchestrator.Benchmarks.Peers;
using Orchestrator.Benchmarks.Peers.Scale;

if (args is ["scale", var settings])
{
    using var parsed = JsonDocument.Parse(settings);
    await ScaleReport.RunAsync(parsed.RootElement.GetProperty("quick").GetBoolean());
    return 0;
}

if (args is not [var name, var caseName, var parameters])
{
    Console.Error.WriteLine("Usage: NAME CASE PARAMETERS, or scale PARAMETERS; see run.sh.");
    return 2;
}

using var document = JsonDocument.Parse(parameters);
Dictionary<string, double> figures;
await using (var contestant = await ContestantTable.OpenAsync(name))
{
    figures = await Cases.RunAsync(contestant, caseName, document.RootElement);
}

Console.WriteLine(JsonSerializer.Serialize(figures));
return 0;
