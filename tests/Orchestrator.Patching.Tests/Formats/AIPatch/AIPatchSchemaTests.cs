using System.Text.Json;
using Orchestrator.Testing;
using static Orchestrator.Patching.ParserCalls;

namespace Orchestrator.Patching;

/// <summary>The published JSON Schema says what the parser takes and what the writer makes.</summary>
public sealed class AIPatchSchemaTests
{
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["version"] = "1",
        ["task_id"] = "\"t1\"",
        ["file"] = "\"a.cs\"",
        ["start"] = "2",
        ["end"] = "3",
        ["line"] = "2",
        ["block"] = "\"x\"",
        ["expect"] = "\"y\"",
        ["base_hash"] = "\"" + new string('a', 64) + "\"",
        ["metadata"] = """{"provider": "p", "confidence": 0.5, "model": "m"}""",
    };

    private static JsonElement Operation
    {
        get
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "src", "Orchestrator.Patching", "schemas", "aipatch.schema.json")));
            return document.RootElement.GetProperty("$defs").GetProperty("operation").Clone();
        }
    }

    private static string[] Names(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(static item => item.GetString()!)] : [];

    [Fact]
    public void The_schema_names_the_operations_and_members_that_the_parser_knows()
    {
        var properties = Operation.GetProperty("properties");
        var metadata = properties.GetProperty("metadata").GetProperty("properties");

        Assert.Equal(AIPatchOperation.Names, Names(properties.GetProperty("operation"), "enum"));
        Assert.Equal(
            AIPatchOperation.Members.Order(StringComparer.Ordinal),
            properties.EnumerateObject().Concat(metadata.EnumerateObject()).Select(static member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(AIPatchParser.Version, properties.GetProperty("version").GetProperty("maximum").GetInt32());
    }

    [Fact]
    public void A_member_is_required_by_the_parser_where_the_schema_requires_it_and_refused_where_the_schema_excludes_it()
    {
        var schema = Operation;
        var checkedMembers = 0;
        foreach (var form in schema.GetProperty("oneOf").EnumerateArray())
        {
            var operation = form.GetProperty("properties").GetProperty("operation").GetProperty("const").GetString()!;
            string[] required = [.. Names(schema, "required"), .. Names(form, "required"), .. operation == AIPatchOperation.ReplaceBlock ? (string[])["start", "end"] : []];
            var excluded = Excluded(form);
            var whole = Samples.Where(member => !excluded.Contains(member.Key)).ToDictionary(static member => member.Key, static member => member.Value);
            Read(Json(operation, whole), PatchFormat.AIPatch);
            foreach (var member in Samples.Keys)
            {
                var without = whole.Where(other => other.Key != member).ToDictionary();
                Assert.Equal(required.Contains(member), Try(Json(operation, without), PatchFormat.AIPatch).Patch is null);
                var with = new Dictionary<string, string>(whole) { [member] = Samples[member] };
                Assert.Equal(excluded.Contains(member), Try(Json(operation, with), PatchFormat.AIPatch).Patch is null);
                checkedMembers++;
            }
        }

        Assert.Equal(4 * Samples.Count, checkedMembers);
    }

    [Fact]
    public void What_the_writer_writes_has_only_members_of_the_schema_and_every_required_one()
    {
        var (before, after) = ("a\nb\nc\nd\n", "0\na\nb\nX\nd\ne\n");
        var pair = new FilePair(
            new FilePatch { Path = "f", Operation = FileOperation.Modify },
            new FileImage(EntryKind.File, PatchContent.FromText(before).Bytes, default),
            new FileImage(EntryKind.File, PatchContent.FromText(after).Bytes, default));
        var made = new PatchSet { TaskId = "t1", Files = [], Metadata = new PatchMetadata { Provider = "p", Model = "m", Confidence = 0.25 } };

        var text = PatchWriter.Write([pair], made, PatchFormat.AIPatch, workspace: null).ToString();

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        foreach (var line in lines)
        {
            using var document = JsonDocument.Parse(line);
            var members = document.RootElement.EnumerateObject().Select(static member => member.Name).ToList();
            Assert.Subset(Operation.GetProperty("properties").EnumerateObject().Select(static member => member.Name).ToHashSet(), members.ToHashSet());
            Assert.Superset(Names(Operation, "required").ToHashSet(), members.ToHashSet());
        }

        Assert.Equal(made.Metadata, Read(text).Metadata);
    }

    private static List<string> Excluded(JsonElement form)
    {
        if (!form.TryGetProperty("not", out var not))
        {
            return [];
        }

        return not.TryGetProperty("anyOf", out var any) ? [.. any.EnumerateArray().SelectMany(static item => Names(item, "required"))] : [.. Names(not, "required")];
    }

    private static string Json(string operation, Dictionary<string, string> members) =>
        $"{{\"operation\": \"{operation}\", {string.Join(", ", members.Select(static member => $"\"{member.Key}\": {member.Value}"))}}}";
}
