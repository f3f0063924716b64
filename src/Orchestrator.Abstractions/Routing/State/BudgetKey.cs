using System.Text.Json.Serialization;

namespace Orchestrator.Routing.State;

/// <summary>One window of one budget for one owner. Two keys that differ in anything are two windows.</summary>
/// <param name="Budget">The budget's name.</param>
/// <param name="Owner">Whose: the provider, the tenant, the task; <c>*</c> for everybody together.</param>
/// <param name="WindowStart">When the window began; <see cref="DateTimeOffset.UnixEpoch"/> for a budget without windows. Stores keep whole milliseconds.</param>
/// <param name="WindowEnd">When it ends; <see langword="null"/> for a budget without windows.</param>
[method: JsonConstructor]
public readonly record struct BudgetKey(string Budget, string Owner, DateTimeOffset WindowStart, DateTimeOffset? WindowEnd = null)
{
    /// <summary>The longest <see cref="Owner"/>, in characters.</summary>
    public const int MaxOwnerLength = 500;

    /// <summary>The budget's name, 1 to 200 characters, compared with regard to case.</summary>
    /// <exception cref="ArgumentException">The value is empty, too long or holds a NUL character.</exception>
    public string Budget { get; init => field = Require.Text(value, 200); } = Require.Text(Budget, 200);

    /// <summary>Whose it is: the provider, the tenant, the task; <c>*</c> for everybody together. May be empty; compared with regard to case. Never a secret.</summary>
    /// <exception cref="ArgumentException">The value is longer than <see cref="MaxOwnerLength"/> or holds a NUL character.</exception>
    public string Owner { get; init => field = Require.TextOrEmpty(value, MaxOwnerLength); } = Require.TextOrEmpty(Owner, MaxOwnerLength);
}
