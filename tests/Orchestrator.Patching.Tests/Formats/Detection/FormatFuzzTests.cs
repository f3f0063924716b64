using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Whatever comes in: a patch or an error with its place, never an exception.</summary>
public sealed class FormatFuzzTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(4000).WithReplay(20260306, 13);

    private static readonly string[] Seeds =
    [
        "Sure:\n```json\n[{\"task_id\": \"t\", \"file\": \"a\", \"operation\": \"replace-block\", \"start\": 1, \"end\": 2, \"block\": \"x\\n\", \"expect\": \"é\", \"metadata\": {\"confidence\": 0.5}}]\n```\n",
        "{\"file\": \"a\", \"operation\": \"insert-after\", \"line\": 3, \"block\": \"x\", \"expect\": \"a\\nb\"}\n{\"file\": \"a\", \"operation\": \"append\", \"block\": \"x\"}\n",
        "*** Begin Patch\n*** Update File: a\n*** Move to: b\n@@ class A\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n*** End of File\n*** Add File: c\n+x\n*** Delete File: d\n*** End Patch\n",
        "a.txt\n```\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```\n\nb.txt\n<<<<<<< SEARCH\n=======\nnew\n>>>>>>> REPLACE\n",
        "{\"path\": \"a\", \"old_str\": \"x\", \"new_str\": \"\\ud83d\\ude00\", \"replace_all\": true}\n{\"path\": \"b\", \"old_str\": \"\", \"new_str\": \"x\"}\n",
        "**a.txt**\n\n````\nx\n```\ny\n````\n",
        "{\"documentChanges\": [{\"kind\": \"rename\", \"oldUri\": \"a%20b\", \"newUri\": \"c\"}, {\"textDocument\": {\"uri\": \"c\", \"version\": 1}, "
        + "\"edits\": [{\"range\": {\"start\": {\"line\": 0, \"character\": 1}, \"end\": {\"line\": 2147483647, \"character\": 0}}, \"newText\": \"x\"}]}]}",
    ];

    [Fact]
    public void A_mutated_patch_is_read_or_refused_with_its_place()
    {
        var read = 0;
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = SeededRandom.Create(seed);
            var bytes = Mutate(random, Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]));
            var format = (PatchFormat)random.Next((int)PatchFormat.LspEdit + 1);

            var result = new PatchManager().Parse(bytes, "task", random.Next(2) == 0 ? PatchFormat.Auto : format);

            Assert.True(result.Patch is null != result.Error is null);
            Assert.True(result.Error is not { Line: null or < 1 } and not { Column: < 1 });
            read += result.Patch is null ? 0 : 1;
        }).Check(Repeatable);

        Assert.InRange(read, 200, 4000);
    }

    [Fact]
    public void What_a_message_quotes_is_cut_and_has_no_control_characters()
    {
        var error = ParserCalls.Refuse("{\"file\": \"a\", \"block\": \"x\", \"operation\": \"\\u0000\\u001b[31m" + new string('x', 5000) + "\"}");

        Assert.DoesNotContain(error.Message, static c => char.IsControl(c));
        Assert.InRange(error.Message.Length, 100, 1001);
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        var bytes = seed.ToList();
        for (var i = random.Next(4); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]));
                    break;
                default:
                    bytes.Insert(at, "{}[]\"\n\r`<>=*@+- \\\0"u8[random.Next(18)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
