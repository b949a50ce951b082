package org.tfckpt.report;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium, without a window and without the network. */
final class Browser implements Closeable {
    static final File CHROMIUM = new File("/usr/bin/chromium");

    private static final File DRIVER = new File("/usr/bin/chromedriver");

    private final ChromeDriver driver;

    /** Starts a browser with a profile of its own, in an empty directory. */
    Browser(Path profile) throws IOException {
        Files.createDirectories(profile);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + profile.toAbsolutePath());
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        // Without the path of the driver, Selenium would look for one on the network.
        System.setProperty("webdriver.chrome.driver", DRIVER.getPath());
        ChromeDriverService service =
                new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build();
        driver = new ChromeDriver(service, options);
        size(1280, 1000);
    }

    void size(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    void media(String type, String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("media", type, "features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void open(Path page) {
        driver.get(page.toUri().toString());
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    String text(String selector) {
        return (String) run("return document.querySelector(arguments[0]).textContent", selector);
    }

    List<Object> texts(String selector) {
        return list("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector);
    }

    @SuppressWarnings("unchecked")
    List<Object> list(String script, Object... arguments) {
        return (List<Object>) run(script, arguments);
    }

    long count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    void click(String selector) {
        run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector);
        find(selector).click();
    }

    void hover(String selector) {
        run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector);
        new Actions(driver).moveToElement(find(selector)).perform();
    }

    void focus(String selector) {
        run("document.querySelector(arguments[0]).focus()", selector);
    }

    /** Sends keys to the element that has the focus. */
    void keys(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** Replaces the text of an input. */
    void type(String selector, String text) {
        find(selector).sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
        find(selector).sendKeys(text);
    }

    void screenshot(Path file) throws IOException {
        Files.write(file, driver.getScreenshotAs(org.openqa.selenium.OutputType.BYTES));
    }

    /** Returns the messages on the console since the last call. */
    List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    /** Returns the addresses that were requested since the last call. */
    List<String> requests() {
        return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
                .map(LogEntry::getMessage)
                .filter(message -> message.contains("\"Network.requestWillBeSent\""))
                .map(message -> message.replaceFirst("(?s).*\"request\":\\{.*?\"url\":\"([^\"]*)\".*", "$1"))
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
