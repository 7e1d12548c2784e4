"""The project: settings, the kernel that CRM, ERP and SCM share, generic pages and the one-command runtime."""
