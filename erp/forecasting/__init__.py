"""Cash to come: what customers and suppliers will likely pay when, by scenario, and how well earlier forecasts came true."""
