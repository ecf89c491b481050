package io.chagres.compare.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** Bar charts as SVG: CPU per operation, memory of an idle connection, time to start. */
public final class Pictures {

    private static final Set<String> CPU_LOADS = Set.of("ping-pong-64x64", "in-flight-16384x16x4", "churn");
    private static final int WIDTH = 860;
    private static final int MARGIN = 110;
    private static final int BAR = 14;
    private static final int GAP = 12;
    private static final Paint[] COLOURS = {new Color(0x1f5a96), new Color(0xe08a1e), new Color(0x5f9e6e)};
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    private final Results results;
    private final Path folder;
    private final List<Path> drawn = new ArrayList<>();

    public Pictures(Results results, Path folder) {
        this.results = results;
        this.folder = folder;
    }

    /** Draws the charts for which there are figures. */
    public List<Path> draw() throws IOException {
        drawCpu();
        draw(
                "compare-memory.svg",
                "User memory of an idle connection",
                "bytes",
                0,
                figures("idle-10000", Map.of(Metric.MEMORY, "bytes")));
        draw(
                "compare-start.svg",
                "From exec to the first echoed byte",
                "milliseconds",
                0,
                figures("start", Map.of(Metric.START, "plain", Metric.START_AOT, "with an AOT cache")));
        return drawn;
    }

    private void drawCpu() throws IOException {
        DefaultCategoryDataset figures = new DefaultCategoryDataset();
        String reference = "";
        for (Standing standing : results.standings()) {
            if (CPU_LOADS.contains(standing.load()) && standing.reference() != null) {
                reference = standing.reference();
                standing.rows().stream()
                        .filter(row -> row.ratio() != null)
                        .forEach(row -> figures.addValue(row.ratio(), standing.says(), row.server()));
            }
        }
        draw("compare-cpu.svg", "Server CPU per operation, " + reference + " = 1", "", 2, figures);
    }

    private DefaultCategoryDataset figures(String load, Map<Metric, String> series) {
        DefaultCategoryDataset figures = new DefaultCategoryDataset();
        results.standing(load).ifPresent(standing -> {
            for (Metric metric : standing.metrics()) {
                for (Standing.Row row : series.containsKey(metric) ? standing.rows() : List.<Standing.Row>of()) {
                    figures.addValue(row.medians().get(metric), series.get(metric), row.server());
                }
            }
        });
        return figures;
    }

    private void draw(String file, String title, String unit, int decimals, DefaultCategoryDataset figures)
            throws IOException {
        if (figures.getColumnCount() > 0) {
            int height = MARGIN + figures.getColumnCount() * (figures.getRowCount() * BAR + GAP);
            SVGGraphics2D svg = new SVGGraphics2D(WIDTH, height);
            svg.setDefsKeyPrefix(file.replace(".svg", "-"));
            chart(title, unit, decimals, figures).draw(svg, new Rectangle2D.Double(0, 0, WIDTH, height));
            drawn.add(Files.writeString(folder.resolve(file), svg.getSVGDocument()));
        }
    }

    private static JFreeChart chart(String title, String unit, int decimals, DefaultCategoryDataset figures) {
        JFreeChart chart = ChartFactory.createBarChart(
                title, null, unit, figures, PlotOrientation.HORIZONTAL, figures.getRowCount() > 1, false, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(TEXT.deriveFont(Font.BOLD, 15f));
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.getDomainAxis().setTickLabelFont(TEXT);
        ((NumberAxis) plot.getRangeAxis()).setUpperMargin(0.12);
        plot.setRenderer(bars(decimals));
        return chart;
    }

    private static BarRenderer bars(int decimals) {
        NumberFormat number = NumberFormat.getNumberInstance(Locale.ROOT);
        number.setMinimumFractionDigits(decimals);
        number.setMaximumFractionDigits(decimals);
        BarRenderer bars = new BarRenderer();
        bars.setBarPainter(new StandardBarPainter());
        bars.setShadowVisible(false);
        bars.setItemMargin(0);
        bars.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", number));
        bars.setDefaultItemLabelFont(TEXT.deriveFont(10f));
        bars.setDefaultItemLabelsVisible(true);
        bars.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        for (int series = 0; series < COLOURS.length; series++) {
            bars.setSeriesPaint(series, COLOURS[series]);
        }
        return bars;
    }
}
