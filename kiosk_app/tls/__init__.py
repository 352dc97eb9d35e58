"""HTTPS on the office network: a certificate authority of one's own and the server's certificate."""
