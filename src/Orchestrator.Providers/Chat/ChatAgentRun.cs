using Microsoft.Extensions.AI;
using Orchestrator.Providers.Chat.Tools;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat;

/// <summary>One execution: asks the model, answers its tool calls, and ends with exactly one outcome. Not thread-safe.</summary>
internal sealed class ChatAgentRun
{
    private const int LongestMessage = 64 * 1024;
    private const int MaxCallsOfAnswer = 64;

    private readonly ChatModel _model;
    private readonly ChatToolbox _tools;
    private readonly ChatAgentOptions _options;
    private readonly ISecretRedactor _redactor;
    private readonly ChatOptions _request;
    private readonly RepeatedCalls _repeated;
    private readonly List<ChatMessage> _messages;
    private readonly Queue<FunctionCallContent> _calls = new();
    private readonly List<AIContent> _results = [];
    private int _callsOfAnswer;
    private int _changes;
    private int _refused;
    private bool _isReminded;

    public ChatAgentRun(string? modelName, List<ChatMessage> prompt, ChatModel model, ChatToolbox tools, ChatSpending spending, ChatAgentOptions options, ISecretRedactor redactor)
    {
        Model = modelName;
        Spending = spending;
        _messages = prompt;
        _model = model;
        _tools = tools;
        _options = options;
        _redactor = redactor;
        _repeated = new RepeatedCalls(options.MaxIdenticalCalls);
        _request = new ChatOptions
        {
            ModelId = modelName,
            MaxOutputTokens = options.MaxOutputTokens,
            Temperature = options.Temperature,
            Tools = [.. tools.Declarations],
            ToolMode = ChatToolMode.Auto,
        };
    }

    public string? Model { get; }

    public ChatSpending Spending { get; }

    public int Turns { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>Goes one step: one answer of the model, or one tool call.</summary>
    public ValueTask<IReadOnlyList<AgentEvent>> NextAsync(CancellationToken cancellationToken) =>
        _calls.TryDequeue(out var call) ? InvokeAsync(call, cancellationToken) : AskAsync(cancellationToken);

    /// <summary>Ends the run with a failure.</summary>
    public AgentFailed Fail(AgentFailure failure)
    {
        HasEnded = true;
        return new AgentFailed
        {
            Failure = failure with
            {
                Message = Clip(failure.Message),
                Detail = failure.Detail is null ? null : Clip(failure.Detail),
                Usage = Spending.Usage,
                CostUsd = Spending.CostUsd,
            },
        };
    }

    private async ValueTask<IReadOnlyList<AgentEvent>> AskAsync(CancellationToken cancellationToken)
    {
        if (Turns >= _options.MaxTurns)
        {
            return [Fail(FailureClass.TurnLimit, $"The model was not done after {Turns} turns, the most that are allowed ({nameof(ChatAgentOptions.MaxTurns)}).")];
        }

        if (Spending.FindExceeded() is { } exceeded)
        {
            return [Fail(FailureClass.Budget, exceeded)];
        }

        Turns++;
        _callsOfAnswer = 0;
        var answer = await _model.AskAsync(_messages, _request, cancellationToken).ConfigureAwait(false);
        return answer.Response is { } response ? Understand(response) : [Fail(answer.Failure!)];
    }

    private List<AgentEvent> Understand(ChatResponse response)
    {
        var events = new List<AgentEvent>();
        if (!string.IsNullOrWhiteSpace(response.Text))
        {
            events.Add(new AgentMessage { Text = Clip(response.Text) });
        }

        Spending.Add(response.Usage, response.ModelId);
        if (response.Usage is not null)
        {
            events.Add(new AgentUsageReported { Usage = Spending.Usage, CostUsd = Spending.CostUsd });
        }

        foreach (var call in response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Where(call => !call.InformationalOnly))
        {
            _calls.Enqueue(call);
        }

        if (response.FinishReason == ChatFinishReason.ContentFilter)
        {
            events.Add(Fail(FailureClass.ContentPolicy, "The model, or its service, refused to go on for reasons of policy."));
        }
        else if (_calls.Count == 0 && IsReminderDue(response))
        {
            Remind(response);
            return events;
        }
        else if (_calls.Count == 0)
        {
            events.Add(End(response));
        }

        Remember(response);
        return events;
    }

    /// <summary>Keeps the answer for the next request. A service that keeps the conversation itself is sent what is new only.</summary>
    private void Remember(ChatResponse response)
    {
        if (response.ConversationId is { } conversation)
        {
            _request.ConversationId = conversation;
            _messages.Clear();
        }
        else
        {
            _messages.AddRange(response.Messages);
        }
    }

    /// <summary>Whether the model fell silent in the middle of its work, as far as anybody can tell: once that is asked back.</summary>
    private bool IsReminderDue(ChatResponse response) =>
        !_isReminded && _changes > 0 && Turns < _options.MaxTurns && Spending.FindExceeded() is null && response.FinishReason != ChatFinishReason.Length && string.IsNullOrWhiteSpace(response.Text);

    private void Remind(ChatResponse response)
    {
        _isReminded = true;
        if (response.ConversationId is not null)
        {
            Remember(response); // Otherwise the empty answer is left out: some services refuse it as a part of the conversation.
        }

        _messages.Add(new ChatMessage(ChatRole.User, "Your answer was empty. If the task is done, say in a few sentences what you changed; if it is not, go on."));
    }

    private AgentEvent End(ChatResponse response)
    {
        if (response.FinishReason == ChatFinishReason.Length)
        {
            return Fail(FailureClass.Protocol, $"The model's answer was cut at its limit of tokens: raise {nameof(ChatAgentOptions.MaxOutputTokens)}, or give it a smaller task.");
        }

        if (string.IsNullOrWhiteSpace(response.Text) && _changes == 0)
        {
            return Fail(FailureClass.Protocol, "The model answered with nothing: no words, no tool call.");
        }

        HasEnded = true;
        return new AgentCompleted
        {
            Result = new AgentResult { Summary = Clip(response.Text), Usage = Spending.Usage, CostUsd = Spending.CostUsd, RefusedTools = _refused },
        };
    }

    private async ValueTask<IReadOnlyList<AgentEvent>> InvokeAsync(FunctionCallContent call, CancellationToken cancellationToken)
    {
        var arguments = ToolArguments.Of(call);
        var verdict = _repeated.Count(call.Name, arguments);
        if (verdict == RepeatedCalls.Verdict.Stop)
        {
            return [Fail(FailureClass.TurnLimit, $"The model repeats itself: it called '{Word(call.Name)}' with the same arguments again and again, although it was told so.")];
        }

        var result = ++_callsOfAnswer > MaxCallsOfAnswer ? ToolResult.Error($"Only {MaxCallsOfAnswer} calls of one answer are done. Make the others again, later.")
            : verdict == RepeatedCalls.Verdict.Refuse ? ToolResult.Error(
                "Nothing in the workspace has changed since you made this very call before, and its result would be the same. Do something else, or end with your answer.")
            : await _tools.InvokeAsync(call.Name, arguments, cancellationToken).ConfigureAwait(false);
        if (result.HasChangedTree)
        {
            _changes++;
            _repeated.Forget();
        }

        if (result.Failure is { } failure)
        {
            return [Fail(failure)];
        }

        _refused += result.IsRefusal ? 1 : 0;
        Answer(call, result);
        return
        [
            new AgentToolCall
            {
                Tool = _tools.KindOf(call.Name),
                Target = Clip(_tools.TargetOf(call.Name, arguments), 1000),
                Succeeded = result.Succeeded,
                Patch = result.Operations is { Length: <= LongestMessage } operations ? _redactor.Redact(operations) : null,
            },
        ];
    }

    private void Answer(FunctionCallContent call, ToolResult result)
    {
        // What the model is told leaves this machine: no secret that is known here goes along.
        _results.Add(new FunctionResultContent(call.CallId, TextBounds.Middle(_redactor.Redact(result.Text), _options.MaxToolOutput)));
        if (_calls.Count == 0)
        {
            _messages.Add(new ChatMessage(ChatRole.Tool, [.. _results]));
            _results.Clear();
        }
    }

    private AgentFailed Fail(FailureClass failure, string message) => Fail(new AgentFailure { Class = failure, Message = message });

    private string Clip(string text, int length = LongestMessage) => TextBounds.Middle(_redactor.Redact(text), length);

    private static string Word(string name) => name.Length > 100 ? name[..100] : name;
}
