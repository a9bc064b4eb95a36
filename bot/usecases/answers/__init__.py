"""An agent's answer that its customer hasn't read: when it is mailed, to whom, and where its link leads."""
