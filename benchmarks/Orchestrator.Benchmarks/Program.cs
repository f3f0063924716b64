using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Orchestrator.Benchmarks.Agents;
using Orchestrator.Benchmarks.Containers;
using Orchestrator.Benchmarks.Patching;
using Perfolizer.Horology;

if (args is ["--agents", .. var agents])
{
    return await AgentOverheadReport.RunAsync(agents);
}

if (args is ["--patching", .. var patching])
{
    return await PatchingReport.RunAsync(patching);
}

if (args is ["--containers", .. var containers])
{
    return await ContainerStartReport.RunAsync(containers);
}

var isQuick = args.Contains("--quick");
IConfig config = DefaultConfig.Instance.AddColumn(StatisticColumn.Median).WithOptions(ConfigOptions.JoinSummary);
if (isQuick)
{
    // No second build and no second process, and short iterations: a minute or two instead of ten, and less exact.
    config = config.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithIterationTime(TimeInterval.FromMilliseconds(100)).WithIterationCount(9));
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args.Where(argument => argument != "--quick")], config);
return 0;
