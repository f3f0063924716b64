using System.Data;
using System.Data.Common;

namespace Orchestrator.Conformance.Transactions;

/// <summary>A transaction of a driver that no engine knows.</summary>
internal sealed class OtherTransaction : DbTransaction
{
    public override IsolationLevel IsolationLevel => IsolationLevel.Serializable;

    protected override DbConnection? DbConnection => null;

    public override void Commit()
    {
    }

    public override void Rollback()
    {
    }
}
