"""Orders: lines, prices, discounts, numbers, and their life from placed to paid or cancelled."""
