using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class PlanAndScheduleCommandsTests : IDisposable
{
    private readonly CommandRunner _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_plan_is_listed_and_shown_with_its_gate_and_goes_on_when_that_is_approved()
    {
        await AddPlanAsync();

        Assert.Equal("p", (await _run.JsonAsync(0, "plan", "list"))[0].GetProperty("plan").GetProperty("id").GetString());
        var words = await _run.WordsAsync(0, "plan", "show", "p");
        Assert.Contains("Restart everything", words, StringComparison.Ordinal);
        Assert.Contains("ask                                  blocked    approve  waits for a decision", words, StringComparison.Ordinal);
        Assert.Contains("after ask (all_succeeded)", words, StringComparison.Ordinal);
        await _run.JsonAsync(0, "plan", "approve", "ask", "--by", "me", "--comment", "Go.");
        await _run.JsonAsync(1, "plan", "approve", "ask");

        Assert.Equal("available", (await _run.JsonAsync(0, "tasks", "show", "restart"))[0].GetProperty("task").GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_needs_a_rejected_gate_is_cancelled()
    {
        await AddPlanAsync();

        await _run.JsonAsync(0, "plan", "reject", "ask");

        var plan = (await _run.JsonAsync(0, "plan", "show", "p"))[0].GetProperty("plan");
        Assert.Equal(["discarded", "cancelled"], plan.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_plan_is_cancelled()
    {
        await AddPlanAsync();

        await _run.JsonAsync(0, "plan", "cancel", "p");

        Assert.Equal("cancelled", (await _run.JsonAsync(0, "plan", "show", "p"))[0].GetProperty("plan").GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("plan", "show", "nobody")]
    [InlineData("plan", "cancel", "nobody")]
    [InlineData("plan", "approve", "nobody")]
    [InlineData("schedule", "show", "nobody")]
    [InlineData("schedule", "pause", "nobody")]
    [InlineData("schedule", "remove", "nobody")]
    public async Task What_is_not_there_is_an_error_of_the_command(params string[] arguments) =>
        Assert.Contains("nobody", (await _run.JsonAsync(1, arguments))[0].GetProperty("error").GetString(), StringComparison.Ordinal);

    [Fact]
    public async Task A_schedule_is_put_shown_paused_resumed_and_removed()
    {
        await _run.JsonAsync(
            0, "schedule", "put", "nightly", "--type", "audit", "--payload", """{"deep":true}""", "--cron", "0 3 * * *", "--time-zone", "Europe/Berlin", "--misfire", "skip", "--queue", "night",
            "--priority", "5", "--max-attempts", "3", "--key", "audit");

        var schedule = (await _run.JsonAsync(0, "schedule", "show", "nightly"))[0].GetProperty("schedule").GetProperty("schedule");
        Assert.Equal(("0 3 * * *", "Europe/Berlin", "skip"), (schedule.GetProperty("cron").GetString(), schedule.GetProperty("time_zone").GetString(), schedule.GetProperty("misfire").GetString()));
        var task = schedule.GetProperty("task");
        Assert.Equal(("night", 5, 3, "audit"), (task.GetProperty("queue").GetString(), task.GetProperty("priority").GetInt32(), task.GetProperty("max_attempts").GetInt32(), task.GetProperty("deduplication_key").GetString()));
        Assert.Contains("0 3 * * * (Europe/Berlin)", await _run.WordsAsync(0, "schedule", "list"), StringComparison.Ordinal);
        Assert.Contains("paused", await _run.WordsAsync(0, "schedule", "pause", "nightly"), StringComparison.Ordinal);
        Assert.Contains("next ", await _run.WordsAsync(0, "schedule", "resume", "nightly"), StringComparison.Ordinal);
        await _run.JsonAsync(0, "schedule", "remove", "nightly");
        Assert.Empty(await _run.JsonAsync(0, "schedule", "list"));
    }

    [Fact]
    public async Task A_macro_and_a_payload_from_a_file_are_read()
    {
        var file = _run.Path("payload.json");
        await File.WriteAllTextAsync(file, """{"from":"file"}""", CommandRunner.Cancel);

        var put = await _run.JsonAsync(0, "schedule", "put", "s", "--type", "test", "--cron", "@daily", "--payload", "@" + file);

        var schedule = put[0].GetProperty("schedule").GetProperty("schedule");
        Assert.Equal(("@daily", """{"from":"file"}"""), (schedule.GetProperty("cron").GetString(), schedule.GetProperty("task").GetProperty("payload").GetString()));
    }

    [Theory]
    [InlineData("--cron", "61 * * * *")]
    [InlineData("--cron", "* * * * *", "--interval", "00:01:00")]
    [InlineData("--interval", "00:00:00")]
    [InlineData("--interval", "30")]
    [InlineData("--cron", "@daily", "--time-zone", "Mars/Olympus")]
    [InlineData("--cron", "@daily", "--payload", "{not json")]
    [InlineData("--cron", "@daily", "--misfire", "sometimes")]
    [InlineData]
    public async Task A_wrong_schedule_is_a_usage_error(params string[] arguments)
    {
        await _run.JsonAsync(2, ["schedule", "put", "s", "--type", "test", .. arguments]);

        Assert.Empty(await _run.JsonAsync(0, "schedule", "list"));
    }

    private async Task AddPlanAsync()
    {
        await using var host = await _run.HostAsync();
        var plan = new TaskPlanBuilder("p", "Restart everything").AddGate(Task("ask", "approve")).Add(Task("restart", "restart"), "ask").Build();
        await host.Services.GetRequiredService<ITaskPlans>().AddAsync(plan, CommandRunner.Cancel);
    }

    private static TaskSubmission Task(string id, string type) => new() { Id = id, Type = type, Payload = "1" };
}
