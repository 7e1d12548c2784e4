/* Swagger UI over our own schema, without an inline script. */
document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("api-docs");
  SwaggerUIBundle({ url: `${place.dataset.schema}?format=json`, domNode: place, deepLinking: true, docExpansion: "none", filter: true, validatorUrl: null, persistAuthorization: false });
});
