using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Patching;

// A host that wants nothing but patches: read one, apply it to a plain directory, take it back.
var root = Directory.CreateTempSubdirectory("patching-only-").FullName;
var file = Path.Combine(root, "greeting.txt");
File.WriteAllText(file, "hello\nworld\n");

var services = new ServiceCollection();
services.AddPatchManager();
await using var provider = services.BuildServiceProvider();
var patches = provider.GetRequiredService<IPatchManager>();

var diff = "--- a/greeting.txt\n+++ b/greeting.txt\n@@ -1,2 +1,2 @@\n-hello\n+good day\n world\n";
var parsed = patches.Parse(Encoding.UTF8.GetBytes(diff), "t1");
var applied = await patches.ApplyAsync(new PatchRequest { Id = "a1", Root = root, Patch = parsed.Patch! }, CancellationToken.None);
var after = File.ReadAllText(file);
var reverted = await patches.RevertAsync(root, "a1", CancellationToken.None);
var before = File.ReadAllText(file);
Console.WriteLine($"{applied.Outcome}, {reverted.Outcome}");
Directory.Delete(root, recursive: true);
return (applied.Outcome, after, reverted.Outcome, before) == (PatchOutcome.Applied, "good day\nworld\n", PatchOutcome.Reverted, "hello\nworld\n") ? 0 : 1;
