namespace Orchestrator;

/// <summary>
/// Marks a store that forgets everything when its process ends: the default of a host without a database. A lasting store of the same seam takes its place when both
/// are registered, in whichever order.
/// </summary>
/// <remarks>Register such a store by its type (<c>TryAddSingleton&lt;ISeam, InMemorySeam&gt;()</c>): a registration by a factory cannot be recognised.</remarks>
public interface IVolatileStore;
