"""The order dialogs: cart, costs, discounts, VAT, terms, summary, and the act that obliges to pay."""
