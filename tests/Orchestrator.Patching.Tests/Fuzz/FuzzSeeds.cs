using System.Text;
using System.Text.Json;
using Orchestrator.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Small patches of every form.</summary>
internal static class FuzzSeeds
{
    private const int MaxLength = 6000;

    private static readonly FuzzFile[] Tree =
    [
        new("a.txt", Encoding.UTF8.GetBytes("one\ntwo\nthree\nfour\nfive\nsix\nseven\n")),
        new("src/b.cs", Encoding.UTF8.GetBytes("\uFEFFclass B\r\n{\r\n    int F()\r\n    {\r\n        return 1;\r\n    }\r\n}\r\n")),
        new("src/twin.txt", Encoding.UTF8.GetBytes("x\nsame\ny\nsame\nz\nsame\n😀é日本\nlast without end")),
        new("data.bin", [0, 1, 2, 255, 254, 0, 10, 13, 10, 9, 128]),
        new("run.sh", Encoding.UTF8.GetBytes("#!/bin/sh\necho one\n"), IsExecutable: true),
        new("data.json", Encoding.UTF8.GetBytes("{\n  \"a\": 1,\n  \"b\": [1, 2]\n}\n")),
        new("link", [], "a.txt"),
        new("dir/deep/only.txt", Encoding.UTF8.GetBytes("alone\n")),
        new("empty.txt", []),
        new("wide.txt", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("one\r\ntwo 😀\r\nthree\r\n")]),
        new("mac.txt", Encoding.UTF8.GetBytes("one\rtwo\rthree\r")),
        new("same.txt", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("    same\n", 300)))),
        new("dir/tabs.py", Encoding.UTF8.GetBytes("def f():\n\tif x:  \n\t\treturn “a” – b\n\n\treturn None\n")),
    ];

    private static readonly (PatchFormat Format, string Text)[] Written =
    [
        (PatchFormat.UnifiedDiff, "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,4 @@\n one\n-two\n+TWO\n+2\n three\n@@ -6,2 +7 @@ title\n six\n-seven\n"),
        (PatchFormat.UnifiedDiff, "--- a.txt\t2020-01-01 00:00:00 +0000\n+++ a.txt\t2020-01-02\n@@ -4 +4 @@\n-four\n+4\n\\ No newline at end of file\n"),
        (PatchFormat.UnifiedDiff, "diff --git a/a.txt b/new/näme.txt\nsimilarity index 90%\nrename from a.txt\nrename to new/name.txt\nindex 1234567..89abcde 100644\n--- a/a.txt\n+++ b/new/name.txt\n@@ -1 +1 @@\n-one\n+1\n"),
        (PatchFormat.UnifiedDiff, "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n---\n a.txt | 2 +-\n\ndiff --git a/run.sh b/run.sh\nold mode 100755\nnew mode 100644\ndiff --git a/made.txt b/made.txt\nnew file mode 100644\n--- /dev/null\n+++ b/made.txt\n@@ -0,0 +1,2 @@\n+x\n+y\ndiff --git a/empty.txt b/empty.txt\ndeleted file mode 100644\nindex e69de29..0000000\ndiff --git \"a/a.txt\" \"b/c\\303\\251.txt\"\ncopy from a.txt\ncopy to \"c\\303\\251.txt\"\n-- \n2.39.5\n"),
        (PatchFormat.UnifiedDiff, "diff --git a/link b/link\nindex 1..2 120000\n--- a/link\n+++ b/link\n@@ -1 +1 @@\n-a.txt\n\\ No newline at end of file\n+src/b.cs\n\\ No newline at end of file\ndiff --git a/src/b.cs b/src/b.cs\n--- a/src/b.cs\n+++ b/src/b.cs\n@@ -3,5 +3,5 @@\n     int F()\r\n     {\r\n-        return 1;\r\n+        return 2;\r\n     }\r\n }\r\n"),
        (PatchFormat.ApplyPatch, "*** Begin Patch\n*** Update File: src/b.cs\n@@ class B\n@@     int F()\n-        return 1;\n+        return 2;\n+        // more\n*** Add File: new/c.txt\n+x\n+\n+y\n*** Delete File: data.bin\n*** Update File: a.txt\n*** Move to: moved.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n@@\n seven\n+eight\n*** End of File\n*** End Patch\n"),
        (PatchFormat.ApplyPatch, "*** Begin Patch\n*** Delete File: a.txt\n*** Add File: a.txt\n+all new\n*** Update File: a.txt\n@@\n-all new\n+newer\n*** End Patch\n"),
        (PatchFormat.SearchReplace, "Here:\n\na.txt\n```\n<<<<<<< SEARCH\ntwo\nthree\n=======\n2\nthree\n>>>>>>> REPLACE\n```\n\nsrc/b.cs\n<<<<<<< SEARCH\n  return 1;\n=======\n  return 2;\n  // é\n>>>>>>> REPLACE\n\nmade/n.txt\n<<<<<<< SEARCH\n=======\nnew\n>>>>>>> REPLACE\n"),
        (PatchFormat.SearchReplace, "src/twin.txt\n<<<<<<< SEARCH\nz\n...\nlast without end\n=======\nZ\n...\nlast\n>>>>>>> REPLACE\na.txt\n<<<<<<< SEARCH\none\n=======\n>>>>>>> REPLACE\n"),
        (PatchFormat.StrReplace, "{\"path\": \"src/twin.txt\", \"old_str\": \"same\", \"new_str\": \"\\ud83d\\ude00\", \"replace_all\": true}\n{\"path\": \"b\", \"old_str\": \"\", \"new_str\": \"x\"}\n{\"path\": \"src/twin.txt\", \"old_str\": \"z\\n\", \"new_str\": \"\"}\n"),
        (PatchFormat.StrReplace, "[{\"file_path\": \"a.txt\", \"old_string\": \"ou\", \"new_string\": \"OU\"}, {\"file_path\": \"a.txt\", \"old_string\": \"one\\ntwo\\n\", \"new_string\": \"1\\n2\\n\"}]"),
        (PatchFormat.StrReplace, "[{\"path\": \"wide.txt\", \"old_str\": \"two 😀\\n\", \"new_str\": \"2\\n3\\n\"}, {\"path\": \"mac.txt\", \"old_str\": \"two\\nthree\\n\", \"new_str\": \"2\\n\"}]"),
        (PatchFormat.SearchReplace, "dir/tabs.py\n<<<<<<< SEARCH\nif x:\n\treturn \"a\" - b\n=======\nif y:\n\treturn c\n\telse: d\n>>>>>>> REPLACE\nmac.txt\n<<<<<<< SEARCH\none\n=======\n1\n1.5\n>>>>>>> REPLACE\n"),
        (PatchFormat.ApplyPatch, "*** Begin Patch\n*** Update File: same.txt\n@@ -7,2 +7,2 @@\n same\n-same\n+other\n*** Update File: wide.txt\n@@\n one\n+new\n two 😀\n*** End Patch\n"),
        (PatchFormat.LspEdit, "{\"changes\": {\"wide.txt\": [{\"range\": {\"start\": {\"line\": 1, \"character\": 4}, \"end\": {\"line\": 1, \"character\": 6}}, \"newText\": \"é\"}], \"mac.txt\": [{\"range\": {\"start\": {\"line\": 1, \"character\": 0}, \"end\": {\"line\": 2, \"character\": 0}}, \"newText\": \"\"}]}}"),
        (PatchFormat.WholeFile, "**a.txt**\n\n````\none\n```\ntwo\n````\n\nnew.md\n```md\n# x\n```\n"),
        (PatchFormat.AIPatch, "Sure:\n```json\n[{\"task_id\": \"t\", \"file\": \"a.txt\", \"operation\": \"replace-block\", \"start\": 1, \"end\": 2, \"block\": \"x\\n\", \"expect\": \"one\\ntwo\\n\", \"metadata\": {\"confidence\": 0.5}}]\n```\n"),
        (PatchFormat.AIPatch, "{\"file\": \"src/twin.txt\", \"operation\": \"insert-after\", \"line\": 3, \"block\": \"x\", \"expect\": \"same\\ny\"}\n{\"file\": \"a.txt\", \"operation\": \"append\", \"block\": \"x\"}\n{\"file\": \"a.txt\", \"operation\": \"insert-before\", \"line\": 7, \"block\": \"é\\n\"}\n{\"file\": \"a.txt\", \"operation\": \"replace-block\", \"start\": 3, \"end\": 4, \"block\": \"\"}\n"),
        (PatchFormat.LspEdit, "{\"documentChanges\": [{\"kind\": \"rename\", \"oldUri\": \"src/twin.txt\", \"newUri\": \"src/t%20w.txt\"}, {\"textDocument\": {\"uri\": \"src/t%20w.txt\", \"version\": 1}, \"edits\": [{\"range\": {\"start\": {\"line\": 6, \"character\": 2}, \"end\": {\"line\": 7, \"character\": 4}}, \"newText\": \"x\"}]}, {\"kind\": \"create\", \"uri\": \"n.txt\"}, {\"kind\": \"delete\", \"uri\": \"data.bin\"}]}"),
        (PatchFormat.LspEdit, "{\"changes\": {\"a.txt\": [{\"range\": {\"start\": {\"line\": 0, \"character\": 1}, \"end\": {\"line\": 2147483647, \"character\": 0}}, \"newText\": \"x\\r\\n\"}], \"src/b.cs\": [{\"range\": {\"start\": {\"line\": 4, \"character\": 8}, \"end\": {\"line\": 4, \"character\": 8}}, \"newText\": \"é\"}]}}"),
        (PatchFormat.PatchSet, "{\"version\": 1, \"task_id\": \"t\", \"is_sequential\": true, \"files\": [{\"path\": \"a.txt\", \"operation\": \"modify\", \"edits\": [{\"old\": \"two\\n\", \"new\": \"2\\n\", \"line\": 2, \"anchor\": \"one\", \"is_text\": true}, {\"old\": \"\", \"new\": \"end\", \"at_end\": true, \"is_text\": true}]}, {\"path\": \"m.bin\", \"operation\": \"rename\", \"old_path\": \"data.bin\", \"content\": {\"base64\": \"AAECAwQ=\"}}, {\"path\": \"src/twin.txt\", \"operation\": \"modify\", \"edits\": [{\"old\": \"same\", \"new\": \"SAME\", \"is_text\": true, \"is_inline\": true, \"occurrence\": \"all\"}, {\"new\": \"!\", \"range\": {\"start_line\": 8, \"start_column\": 1, \"end_line\": 8, \"end_column\": 5}}]}]}"),
    ];

    /// <summary>Patches of our own: written by hand, and by our writers.</summary>
    public static IReadOnlyList<FuzzSeed> Own()
    {
        var seeds = Written.Select(static one => new FuzzSeed(one.Format, Encoding.UTF8.GetBytes(one.Text), Tree)).ToList();
        var binary = Tree[3].Bytes;
        var changed = Enumerable.Range(0, 200).Select(static i => (byte)(i * i)).Concat(binary).ToArray();
        var pair = new FilePair(
            new FilePatch { Path = Tree[3].Path, Operation = FileOperation.Modify }, new FileImage(EntryKind.File, binary, default), new FileImage(EntryKind.File, changed, default));
        var reader = new PatchReader(new PatchOptions());
        seeds.Add(new FuzzSeed(PatchFormat.UnifiedDiff, Write(PatchFormat.UnifiedDiff), Tree));
        seeds.Add(new FuzzSeed(PatchFormat.PatchSet, Write(PatchFormat.PatchSet), Tree));
        seeds.AddRange(seeds.Where(static seed => seed.Format != PatchFormat.PatchSet)
            .Select(seed => reader.Read(seed.Patch, "task", seed.Format))
            .Select(static set => new FuzzSeed(PatchFormat.PatchSet, Encoding.UTF8.GetBytes(OrchestratorJson.Write(set, OrchestratorJsonContext.Default.PatchSet)), Tree)).ToList());
        return seeds;

        byte[] Write(PatchFormat format) =>
            PatchWriter.Write([pair], new PatchSet { TaskId = "task", Files = [] }, format, workspace: null).Bytes.ToArray();
    }

    /// <summary>Patches of other tools' tests, with the files that they are for; none that are long.</summary>
    public static IReadOnlyList<FuzzSeed> Shared()
    {
        var seeds = new List<FuzzSeed>();
        foreach (var (name, format) in new[]
        {
            ("codex-apply-patch.json", PatchFormat.ApplyPatch), ("aider-edits.json", PatchFormat.SearchReplace), ("git-apply-t41.json", PatchFormat.UnifiedDiff),
            ("gnu-patch-tests.json", PatchFormat.UnifiedDiff), ("jsdiff-patch.json", PatchFormat.UnifiedDiff), ("lsp-textedit.json", PatchFormat.LspEdit),
            ("str-replace-authored.json", PatchFormat.StrReplace), ("hostile-patches.json", PatchFormat.UnifiedDiff), ("aider-parse-gold.json", PatchFormat.SearchReplace),
        })
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Engines.RequireShared("fixtures", "patch", name)));
            seeds.AddRange(document.RootElement.GetProperty("cases").EnumerateArray().SelectMany(test => Of(test, format)));
        }

        return seeds;
    }

    private static IEnumerable<FuzzSeed> Of(JsonElement test, PatchFormat format)
    {
        var files = test.TryGetProperty("input", out var input) ? input.EnumerateArray().Where(IsPlain).Select(Read).ToList() : [];
        return Patches(test, format)
            .Where(patch => patch.Patch.Length <= MaxLength && files.Sum(static file => file.Bytes.Length) <= 2 * MaxLength)
            .Select(patch => new FuzzSeed(patch.Format, patch.Patch, files));
    }

    private static IEnumerable<(PatchFormat Format, byte[] Patch)> Patches(JsonElement test, PatchFormat format)
    {
        foreach (var (member, its) in new[] { ("patch", format), ("git_patch", PatchFormat.UnifiedDiff), ("codex_patch", PatchFormat.ApplyPatch), ("text", format) })
        {
            if (test.TryGetProperty(member, out var patch) && patch.ValueKind is JsonValueKind.Object or JsonValueKind.String)
            {
                yield return (its, patch.ValueKind == JsonValueKind.Object ? FixtureSuite.Bytes(patch) : Encoding.UTF8.GetBytes(patch.GetString()!));
            }
        }

        if (test.TryGetProperty("edit", out var edit))
        {
            yield return (format, Encoding.UTF8.GetBytes(edit.GetRawText()));
        }

        if (test.TryGetProperty("edits", out var edits) && format == PatchFormat.LspEdit)
        {
            var path = JsonSerializer.Serialize(test.GetProperty("input")[0].GetProperty("path").GetString());
            yield return (format, Encoding.UTF8.GetBytes($"{{\"changes\":{{{path}:{edits.GetRawText()}}}}}"));
        }
    }

    private static bool IsPlain(JsonElement file) =>
        file.GetProperty("path").GetString()!.Split('/') is var parts && !parts.Contains("..") && parts[0].Length > 0 && parts[0] != ".git" && file.GetProperty("type").GetString() != "dir";

    private static FuzzFile Read(JsonElement file) => file.GetProperty("type").GetString() == "symlink"
        ? new FuzzFile(file.GetProperty("path").GetString()!, [], file.GetProperty("target").GetString()!)
        : new FuzzFile(
            file.GetProperty("path").GetString()!, FixtureSuite.Bytes(file), IsExecutable: file.TryGetProperty("mode", out var mode) && mode.GetString() == "100755");
}
