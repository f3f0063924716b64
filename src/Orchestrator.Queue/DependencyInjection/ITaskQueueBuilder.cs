namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds handlers and workers to a queue. Made by <see cref="TaskQueueServiceCollectionExtensions.AddTaskQueue"/>.</summary>
public interface ITaskQueueBuilder
{
    /// <summary>The name of this queue's registration.</summary>
    string Name { get; }

    /// <summary>Where services are registered.</summary>
    IServiceCollection Services { get; }
}
