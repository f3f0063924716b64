using System.Collections.Generic;
using System;

namespace Inventory
{
    /// <summary>An order of several articles.</summary>
    public sealed class Order
    {
        private readonly List<(string Article,int Pieces)> _lines = new();

        /// <summary>Adds a line.</summary>
        public Order With(string article,int pieces)
        {
            _lines.Add((article,pieces));   
            return this;
        }

        /// <summary>Takes every line out of the stock, or nothing.</summary>
        public bool Fulfil(Stock stock)
        {
            var taken=new List<(string Article,int Pieces)>();
            foreach(var line in _lines)
            {
                if(stock.TryTake(line.Article,line.Pieces)) { taken.Add(line); continue; }
                foreach(var back in taken) stock.Add(back.Article,back.Pieces);
                return false;
            }
            return true;
        }
    }
}