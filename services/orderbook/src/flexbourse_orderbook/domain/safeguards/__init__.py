"""What keeps orders from outliving their party's wish: sessions, stopped parties, ends of their own."""
