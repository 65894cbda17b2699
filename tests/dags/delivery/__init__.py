"""Letters that are really sent: to SMTP servers, and to webhooks on loopback."""
