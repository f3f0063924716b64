using Microsoft.Extensions.Logging;

namespace Orchestrator.Containers.Diagnostics;

/// <summary>What leasing and scaling log: ids 1320 to 1339.</summary>
internal static partial class Log
{
    [LoggerMessage(1320, LogLevel.Warning, "Lease {Token} on {Instance} of pool {Pool} expired without a renewal; its slot is free again.", EventName = "LeaseExpired")]
    public static partial void LeaseExpired(ILogger logger, string pool, string instance, long token);

    [LoggerMessage(1321, LogLevel.Warning, "{Leases} leases on {Instance} of pool {Pool} were ended by force.", EventName = "LeasesEnded")]
    public static partial void LeasesEnded(ILogger logger, string pool, string instance, int leases);

    [LoggerMessage(1322, LogLevel.Error, "The selection policy {Policy} threw; the instance with the lowest load is taken instead.", EventName = "SelectionPolicyThrew")]
    public static partial void PolicyThrew(ILogger logger, Exception exception, string policy);
}
