using Microsoft.Extensions.Options;

namespace Orchestrator.Architecture.Tests.Conventions;

/// <summary>Shows that each checker can complain, and that it does so only of what is wrong.</summary>
public sealed partial class ConventionCheckerTests
{
    private static readonly Dictionary<string, string> NoneAllowed = [];

    [Fact]
    public void Async_void_is_found_and_async_task_is_not()
    {
        var complaint = Assert.Single(ConventionChecker.AsyncVoid([typeof(Faulty)]));

        Assert.Contains("FireAndForget", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_static_that_can_be_changed_is_found_and_one_that_cannot_is_not()
    {
        var complaints = ConventionChecker.MutableStatics([typeof(Faulty)]).ToList();

        Assert.Equal(2, complaints.Count);
        Assert.Contains("Faulty.Counter is a public mutable static field", complaints[0], StringComparison.Ordinal);
        Assert.Contains("Faulty.Current is a public static property", complaints[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_class_is_found_unless_it_is_on_the_list()
    {
        Type[] types = [typeof(Faulty), typeof(LonelyOptions), typeof(IDisposable), typeof(DayOfWeek), typeof(Stream), typeof(Action)];
        var allowed = new Dictionary<string, string> { [typeof(Faulty).FullName!] = "reason" };

        Assert.Contains("Faulty", Assert.Single(ConventionChecker.Unsealed(types, NoneAllowed)), StringComparison.Ordinal);
        Assert.Empty(ConventionChecker.Unsealed(types, allowed));
    }

    [Fact]
    public void Options_without_a_validator_are_found_and_those_with_one_are_not()
    {
        var complaint = Assert.Single(ConventionChecker.UnvalidatedOptions(
            [typeof(LonelyOptions), typeof(PartOptions), typeof(GuardedOptions), typeof(GuardedOptionsValidator)]));

        Assert.Contains("LonelyOptions", complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Orchestrator.Queue", 1099, "outside the package's range 1100 to 1199")]
    [InlineData("Orchestrator.Queue", 1200, "outside the package's range 1100 to 1199")]
    [InlineData("Orchestrator.Cli", 1100, "has no range")]
    public void An_event_outside_the_range_of_its_package_is_found(string package, int id, string expected)
    {
        var complaint = Assert.Single(LogEventChecker.Complaints([new LogEvent(package, id, "Leased")], $"| {id} | Leased |"));

        Assert.Contains(expected, complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_id_used_twice_is_found()
    {
        LogEvent[] events = [new("Orchestrator.Queue", 1100, "Leased"), new("Orchestrator.Queue", 1100, "Lost")];

        Assert.Contains("used 2 times", Assert.Single(LogEventChecker.Complaints(events, "1100 Leased\n1100 Lost")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("| 11001 | Leased |")]
    [InlineData("| 1100 | Renamed |")]
    public void An_event_that_the_documentation_does_not_list_is_found(string diagnostics)
    {
        var complaint = Assert.Single(LogEventChecker.Complaints([new LogEvent("Orchestrator.Queue", 1100, "Leased")], diagnostics));

        Assert.Contains("not listed", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_are_read_from_the_attributes_of_the_generated_methods() => Assert.Equal(
        [new LogEvent("Orchestrator.Queue", 1142, "Leased"), new LogEvent("Orchestrator.Queue", 1143, "Lost")],
        LogEventChecker.Find("Orchestrator.Queue", [typeof(SampleLog)]).OrderBy(log => log.Id));

    public class Faulty
    {
        public const int Limit = 1;
        public static readonly int Fixed = 2;
#pragma warning disable CA2211 // the fault that the checker must find
        public static int Counter;
#pragma warning restore CA2211

        public static string? Current { get; set; }

        public static string? Kept { get; private set; }

        public static async void FireAndForget() => await Task.Yield();

        public static async Task RunAsync()
        {
            Kept = Current;
            await Task.Yield();
        }
    }

    public sealed class LonelyOptions;

    public sealed class PartOptions;

    public sealed class GuardedOptions
    {
        public PartOptions Part { get; set; } = new();
    }

    internal sealed class GuardedOptionsValidator : IValidateOptions<GuardedOptions>
    {
        public ValidateOptionsResult Validate(string? name, GuardedOptions options) => ValidateOptionsResult.Success;
    }
}
