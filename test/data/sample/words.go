package sample

import "strings"

// market is a country that the shop sells in.
type market struct {
	country, currency, dial string
	regions                 []string
}

var markets = []market{
	{"Perú", "PEN", "+51", []string{"Lima", "Arequipa", "Cusco", "La Libertad", "Piura", "Áncash", "Junín"}},
	{"Perú", "PEN", "+51", []string{"Lima", "Callao", "Lambayeque", "Ica"}},
	{"España", "EUR", "+34", []string{"Madrid", "Cataluña", "Andalucía", "A Coruña", "País Vasco"}},
	{"México", "USD", "+52", []string{"Ciudad de México", "Jalisco", "Nuevo León", "Yucatán", "Querétaro"}},
}

// item is a kind of product with its usual price in soles.
type item struct {
	name, category, subcategory string
	soles                       int64
}

var items = []item{
	{"Café tostado 500 g", "Alimentos", "Café", 35},
	{"Chocolate 70 % cacao", "Alimentos", "Dulces", 18},
	{"Turrón de Jijona", "Alimentos", "Dulces", 42},
	{"Quinua orgánica 1 kg", "Alimentos", "Granos", 22},
	{"Piñata de cartón", "Juguetes", "Fiestas", 48},
	{"Muñeca de trapo", "Juguetes", "Muñecas", 55},
	{"Chompa de alpaca", "Ropa", "Abrigo", 260},
	{"Zapatillas urbanas", "Ropa", "Calzado", 210},
	{"Cafetera italiana", "Hogar", "Cocina", 95},
	{"Olla de aluminio", "Hogar", "Cocina", 120},
	{"Lámpara de pie", "Hogar", "Iluminación", 180},
	{"Silla plegable", "Hogar", "Muebles", 75},
	{"Audífonos inalámbricos", "Electrónica", "Audio", 190},
	{"Teclado español", "Electrónica", "Computación", 130},
	{"Cámara de acción", "Electrónica", "Fotografía", 640},
	{"Bicicleta de montaña", "Deportes", "Ciclismo", 1450},
	{"Balón de fútbol", "Deportes", "Fútbol", 85},
	{"Cien años de soledad", "Libros", "Novela", 59},
	{"Champú de romero", "Belleza", "Cabello", 28},
	{"Taladro percutor", "Ferretería", "Herramientas", 320},
}

var (
	brands    = []string{"Andino", "Ñandú", "Acuario", "El Molino", "Sierra Nevada", "Kuska", "Talavera", "Tía Pía"}
	suppliers = []string{
		"Importadora Gómez S.A.C.", "Distribuciones Núñez, S.L.", "Comercial Ibáñez", "Textiles Puno", "Grupo Azteca, S.A. de C.V.",
	}
	statuses   = []string{"active", "active", "active", "discontinued", "out_of_stock"}
	payments   = []string{"efectivo", "tarjeta de crédito", "tarjeta de débito", "Yape", "Bizum", "transferencia"}
	channels   = []string{"tienda", "web", "app", "teléfono"}
	tiers      = []string{"bronze", "silver", "gold", "platinum"}
	firstNames = []string{
		"María", "José", "Lucía", "Andrés", "Sofía", "Ángel", "Íñigo", "Rosa", "Begoña", "Julián", "Inés", "Raúl", "Wayra", "Óscar",
	}
	lastNames = []string{
		"Quispe", "Núñez", "García", "Mamani", "Ibáñez", "Hernández", "Peña", "López", "Huamán", "Güell", "Muñoz", "Castro",
	}
	streets = []string{"Av. Arequipa", "Jr. Cañete", "Calle Mayor", "Av. Insurgentes", "Calle Alcalá", "Paseo de la República"}
)

// plain takes the accents off letters, as mail addresses do.
var plain = strings.NewReplacer(
	"á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n", "Á", "a", "Í", "i", "Ó", "o", "Ñ", "n",
)
