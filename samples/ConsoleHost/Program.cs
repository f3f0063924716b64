using ConsoleHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator;
using Orchestrator.Hosting;
using Orchestrator.Tasks;

// dotnet run --project samples/ConsoleHost                              the bundled repository, formatted by `dotnet format`
// dotnet run --project samples/ConsoleHost -- REPO TASK PROVIDER VERIFY your own: a directory, words, dotnet-format or codex, a command
var repository = args.Length > 0 ? args[0] : BundledRepository.Copy();
var instructions = args.Length > 1 ? args[1] : "Bring the code into the form that .editorconfig asks for.";
var provider = args.Length > 2 ? args[2] : "dotnet-format";
var verify = args.Length > 3 ? args[3] : "dotnet build --nologo";

var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Services.AddSingleton<IAgentTaskObserver, ConsoleObserver>();
builder.Services
    .AddOrchestrator(options => options.StateDirectory = Path.Combine(Path.GetTempPath(), "orchestrator-sample-" + Environment.UserName))
    .ConfigureProviders(providers => providers.AddDotnetFormat().AddCodex());

using var host = builder.Build();
await host.StartAsync();

var report = await host.Services.GetRequiredService<AgentTaskClient>().RunAsync(new AgentTask
{
    Id = Identifiers.Create(TimeProvider.System.GetUtcNow()),
    Type = AgentTaskType.Refactor,
    Instructions = instructions,
    Source = new LocalSource { Path = repository },
    Provider = provider,
    VerifyCommand = CommandLine.Parse(verify),
});

await host.StopAsync();
ConsoleObserver.Show(report, repository);
return report.Succeeded ? 0 : 1;
