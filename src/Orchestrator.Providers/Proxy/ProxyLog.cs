using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Providers.Proxy;

/// <summary>The proxy's log messages: ids 1440 to 1459. No message has a place for a key, a header, a query or a body.</summary>
internal static partial class ProxyLog
{
    [LoggerMessage(EventId = 1440, EventName = "CredentialProxyOpened", Level = LogLevel.Debug, Message = "The credential proxy of execution {ExecutionId} listens on port {Port} for {Host}.")]
    public static partial void CredentialProxyOpened(this ILogger logger, string executionId, int port, string host);

    [LoggerMessage(EventId = 1441, EventName = "CredentialProxyClosed", Level = LogLevel.Debug, Message = "The credential proxy of execution {ExecutionId} closed after {Requests} requests, {Refused} refused; {InputTokens} tokens in, {OutputTokens} out.")]
    public static partial void CredentialProxyClosed(this ILogger logger, string executionId, int requests, int refused, long inputTokens, long outputTokens);

    [LoggerMessage(EventId = 1442, EventName = "CredentialProxyRefused", Level = LogLevel.Debug, Message = "The credential proxy of execution {ExecutionId} refused a request with {Status}: {Reason}")]
    public static partial void CredentialProxyRefused(this ILogger logger, string executionId, int status, string reason);

    [LoggerMessage(EventId = 1443, EventName = "CredentialProxyBudgetSpent", Level = LogLevel.Information, Message = "The budget of execution {ExecutionId} is spent: {CostUsd} of {BudgetUsd} US dollars. It gets no more answers of the model.")]
    public static partial void CredentialProxyBudgetSpent(this ILogger logger, string executionId, decimal costUsd, decimal? budgetUsd);

    [LoggerMessage(EventId = 1444, EventName = "CredentialProxyUpstreamFailed", Level = LogLevel.Debug, Message = "The model's server did not answer execution {ExecutionId}: {Error}.")]
    public static partial void CredentialProxyUpstreamFailed(this ILogger logger, string executionId, HttpRequestError error);

    [LoggerMessage(EventId = 1445, EventName = "CredentialProxyNotAccepted", Level = LogLevel.Debug, Message = "The credential proxy of execution {ExecutionId} could not take a connection: {Error}.")]
    public static partial void CredentialProxyNotAccepted(this ILogger logger, string executionId, SocketError error);

    [LoggerMessage(EventId = 1446, EventName = "CredentialProxyFaulted", Level = LogLevel.Error, Message = "A connection of the credential proxy of execution {ExecutionId} broke off on a fault of ours: {Fault}.")]
    public static partial void CredentialProxyFaulted(this ILogger logger, string executionId, string fault);
}
