using System.Linq;
using System.Collections.Generic;
using System;

namespace Inventory
{
    /// <summary>What is in the warehouse.</summary>
    public sealed class Stock
    {
	private readonly Dictionary<string,int> _counts=new();

        /// <summary>Adds pieces of an article.</summary>
        public void Add( string article,int pieces )
        {
            if (pieces<=0)
                throw new ArgumentOutOfRangeException( nameof(pieces) );
            _counts[article]=_counts.GetValueOrDefault(article)+pieces;
        }

        /// <summary>Takes pieces out; false when there are too few.</summary>
        public bool TryTake(string article, int pieces){
            if(!_counts.TryGetValue(article,out var there)||there<pieces) return false;
            _counts[article]=there-pieces;
              return true;
        }

        /// <summary>All pieces of all articles.</summary>
        public int Total=>_counts.Values.Sum();
    }
}
